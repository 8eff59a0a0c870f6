/** Puts a value at the young end of a map and lets the oldest go beyond `most`: memory stays bounded whatever is thrown at it. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): V {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  return value;
}

/** Adds to a list of at most `most`, dropping from its old end. */
export function push<T>(list: T[], item: T, most: number): void {
  list.push(item);
  if (list.length > most) list.splice(0, list.length - most);
}
