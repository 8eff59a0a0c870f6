import { useId, type InputHTMLAttributes, type ReactNode } from "react";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  label: ReactNode;
  help?: ReactNode;
  error?: string | null;
  /** A word behind the field, such as a unit. */
  unit?: string;
  inputClass?: string;
  hideLabel?: boolean;
}

/** Label above, help below before the error happens. */
export function Field({ label, help, error, unit, inputClass = "", hideLabel = false, className = "", ...input }: FieldProps) {
  const id = useId();
  const hasError = error !== undefined && error !== null;
  const notes = [help === undefined ? null : `${id}-help`, hasError ? `${id}-error` : null].filter((one) => one !== null).join(" ");
  return (
    <div className={className}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "mb-1.5 block text-second text-fg-2"}>
        {label}
      </label>
      <span className="flex items-center gap-2">
        <input {...input} id={id} className={`field ${inputClass}`} aria-invalid={hasError || undefined} aria-describedby={notes || undefined} />
        {unit === undefined ? null : <span className="text-second whitespace-nowrap text-fg-2">{unit}</span>}
      </span>
      {help === undefined ? null : (
        <p id={`${id}-help`} className="mt-1.5 text-second text-fg-2">
          {help}
        </p>
      )}
      {hasError ? (
        <p id={`${id}-error`} className="mt-1.5 text-second text-stop">
          {error}
        </p>
      ) : null}
    </div>
  );
}

/** Eight digits as typed or pasted; anything else that came along is left out. */
export const codeDigits = (text: string): string => text.replace(/\D/g, "").slice(0, 8);
/** Two groups of four, as the node's screen shows them. */
export const codeShown = (digits: string): string => (digits.length > 4 ? `${digits.slice(0, 4)} ${digits.slice(4)}` : digits);

/** The 8-digit code: one field that takes typing and paste, with spaces or without. */
export function CodeField({
  label,
  value,
  onChange,
  help,
  invalid = false,
}: {
  label: string;
  value: string;
  onChange: (digits: string) => void;
  help?: ReactNode;
  invalid?: boolean;
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <input
        id={id}
        className="field min-h-14! w-66! px-5! text-reading font-strong max-mid:w-full!"
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
        value={codeShown(value)}
        aria-invalid={invalid || undefined}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={(event) => onChange(codeDigits(event.target.value))}
      />
      {help === undefined ? null : (
        <p id={`${id}-help`} className="order-last w-full text-second text-fg-2">
          {help}
        </p>
      )}
    </>
  );
}
