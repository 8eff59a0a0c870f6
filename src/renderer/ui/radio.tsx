import { useId } from "react";

interface Option<T extends string> {
  value: T;
  label: string;
  note?: string;
  /** How many there are of it. */
  count?: string;
}
interface Props<T extends string> {
  legend: string;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
}

/** A radio group drawn as a line of words. */
export function Facets<T extends string>({ legend, options, value, onChange }: Props<T>) {
  const name = useId();
  return (
    <fieldset className="facets">
      <legend className="sr-only">{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.label}
          {option.count === undefined ? null : <span className="ml-1.5 font-regular text-fg-3">{option.count}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** A radio group in one row, under its name. */
export function Choice<T extends string>({ legend, options, value, onChange, column = false }: Props<T> & { column?: boolean }) {
  const name = useId();
  return (
    <fieldset className="border-b border-line py-2.5">
      <legend className="float-left w-full text-second text-fg-2">{legend}</legend>
      <div className={`flex ${column ? "flex-col gap-1" : "flex-wrap gap-x-6"} w-full`}>
        {options.map((option) => (
          <label key={option.value} className="inline-flex min-h-8 cursor-pointer items-center gap-2 max-mid:min-h-11">
            <input className="radio" type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>
              {option.label} {option.note === undefined ? null : <span className="ml-1 text-second text-fg-2">{option.note}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
