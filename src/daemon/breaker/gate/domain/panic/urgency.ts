/** Words that press for haste. Alone they never stop anything: haste is what shops are made of. */
const words =
  /지금\s*(당장|바로|즉시)|당장\s*(보내|송금|결제|이체|처리)|긴급|즉시|시급|서둘러|빨리\s*(보내|송금|결제|이체)|늦으면\s*(안|큰일)|마지막\s*(기회|경고)|몇\s*분\s*(안|내|이내)|urgent|urgently|immediately|right\s+now|asap|as\s+soon\s+as\s+possible|at\s+once|act\s+now|final\s+(notice|warning)|last\s+chance|within\s+\d+\s+minutes|[!！]{2,}/i;

const LOOKED_AT = 16_384;
/** True when a text presses. Looks at its beginning and its end. */
export const isUrgent = (text: string): boolean => words.test(text.length <= LOOKED_AT * 2 ? text : `${text.slice(0, LOOKED_AT)}\n${text.slice(-LOOKED_AT)}`);
