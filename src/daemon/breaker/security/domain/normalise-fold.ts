/** Characters that look like others, and characters that can't be seen. Sources: Unicode confusables.txt (the letters a reader can't tell apart), UAX 9 and 36. */

const cyrillic = "асеорхуіјѕԁһкмнтвгп";
const cyrillicLooks = "aceopxyijsdhkmhtbrn";
const greek = "αβεηικνορτυχγω";
const greekLooks = "abenikvoptuxyw";
const other = "ɑɡıƖʟᴀʙᴄᴅᴇɢʜɪᴊᴋᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
const otherLooks = "agillabcdeghijkmnoprstuvwyz";

const looks = new Map<number, number>();
for (const [from, to] of [
  [cyrillic, cyrillicLooks],
  [greek, greekLooks],
  [other, otherLooks],
] as const)
  for (let index = 0; index < from.length; index++) looks.set(from.charCodeAt(index), to.charCodeAt(index));

/** Zero-width, soft hyphen, bidi controls and isolates, variation selectors, invisible operators. */
// oxlint-disable-next-line no-misleading-character-class -- single code points, none of them meant to combine
const unseen = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\uffa0]/;
const unseenAll = new RegExp(unseen.source, "g");
/** What hides on purpose: a joiner inside an emoji or a variation selector is ordinary. */
// oxlint-disable-next-line no-misleading-character-class -- as above
const hiding = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069]|[\p{L}][\u200c\u200d\ufeff][\p{L}]/u;
/** Tag characters (U+E0000..E007F) carry ASCII that no screen shows. */
const tags = /(?:\udb40[\udc00-\udc7f])+/g;
const spaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

export interface Unhidden {
  text: string;
  /** ASCII that was written in tag characters. */
  smuggled: string;
  hidden: boolean;
}

/** Removes what can't be seen and says whether it was there to hide something. Emoji flags of regions use tags too: fewer than 8 count as none. */
export function unhide(text: string): Unhidden {
  let smuggled = "";
  let shown = text;
  if (text.includes("\udb40")) {
    shown = text.replace(tags, (run) => {
      for (let index = 1; index < run.length; index += 2) {
        const code = run.charCodeAt(index) - 0xdc00;
        if (code >= 32 && code < 127) smuggled += String.fromCharCode(code);
      }
      return "";
    });
  }
  if (smuggled.length < 8) smuggled = "";
  const hidden = smuggled !== "" || (unseen.test(shown) && hiding.test(shown));
  return { text: unseen.test(shown) ? shown.replace(unseenAll, "") : shown, smuggled, hidden };
}

export const plainSpaces = (text: string): string => text.replace(spaces, " ");

const isLatin = (code: number) => code >= 97 && code <= 122;
const isForeign = (code: number) => (code >= 0x370 && code <= 0x52f) || looks.has(code);

/**
 * Lower-case text with look-alike letters turned into Latin ones, in words that mix scripts and in words that consist of look-alikes
 * only while the text is otherwise Latin. Real Russian or Greek stays as it is. `folded` tells whether a mixed word was found.
 */
export function foldLookalikes(text: string): { text: string; folded: boolean } {
  if (!/[\u0131\u0196\u0251-\u02af\u0370-\u052f\u1d00-\u1d7a\ua730-\ua7ff]/.test(text)) return { text, folded: false };
  const latinText = /[a-z]{3}/.test(text);
  let folded = false;
  const out = text.replace(/[a-z\u0131\u0196\u0250-\u02af\u0370-\u052f\u1d00-\u1d7a\ua730-\ua7ff]+/g, (word) => {
    let latin = 0;
    let known = 0;
    let foreign = 0;
    for (let index = 0; index < word.length; index++) {
      const code = word.charCodeAt(index);
      if (isLatin(code)) latin++;
      else if (isForeign(code)) {
        foreign++;
        if (looks.has(code)) known++;
      }
    }
    if (foreign === 0 || known < foreign || (latin === 0 && !(latinText && word.length > 2))) return word;
    folded ||= latin > 0;
    let plain = "";
    for (let index = 0; index < word.length; index++) plain += String.fromCharCode(looks.get(word.charCodeAt(index)) ?? word.charCodeAt(index));
    return plain;
  });
  return { text: out, folded };
}
