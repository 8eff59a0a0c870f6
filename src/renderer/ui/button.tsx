import { useId, type ButtonHTMLAttributes, type ReactNode } from "react";

export type Variant = "main" | "plain" | "quiet";

const base =
  "btn inline-flex items-center justify-center gap-2 rounded-2 font-control text-small whitespace-nowrap transition-colors duration-(--fast) max-mid:min-h-11";
const looks: Record<Variant, string> = {
  main: "bg-accent text-on-accent font-strong px-3 hover:bg-accent-hover",
  plain: "bg-raised shadow-[inset_0_0_0_1px_var(--line-2)] px-3 hover:bg-hover",
  quiet: "text-fg-2 px-2 hover:bg-hover hover:text-fg",
};
const off = "bg-transparent text-fg-3 px-3 shadow-[inset_0_0_0_1px_var(--line-2)] cursor-not-allowed";
const sizes = { plain: "min-h-8 py-1", large: "min-h-10 py-2 text-body px-4" };

/** Classes of a button, for a link that looks like one. */
export const buttonClass = (variant: Variant = "plain", size: keyof typeof sizes = "plain"): string => `${base} ${looks[variant]} ${sizes[size]}`;

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled"> {
  variant?: Variant;
  size?: keyof typeof sizes;
  /** Why it can't be pressed now. It stays focusable, and the reason stands beside it. */
  disabledReason?: string | null | undefined;
  /** The reason is already printed elsewhere, under this id. */
  reasonId?: string;
  children: ReactNode;
}

/** Verb and object. A button that can't be pressed says why. */
export function Button({ variant = "plain", size = "plain", disabledReason, reasonId, className = "", onClick, children, type = "button", ...rest }: Props) {
  const ownId = useId();
  const isOff = disabledReason !== undefined && disabledReason !== null;
  const describedBy = isOff ? (reasonId ?? ownId) : rest["aria-describedby"];
  const button = (
    <button
      {...rest}
      // eslint-disable-next-line react/button-has-type -- the caller says which; it is never left out
      type={type}
      aria-disabled={isOff || undefined}
      aria-describedby={describedBy}
      className={`${base} ${isOff ? off : looks[variant]} ${sizes[size]} ${className}`}
      onClick={(event) => {
        if (isOff) {
          event.preventDefault();
          return;
        }
        onClick?.(event);
      }}
    >
      {children}
    </button>
  );
  if (!isOff || reasonId !== undefined) return button;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      {button}
      <span id={ownId} className="text-second text-fg-2">
        {disabledReason}
      </span>
    </span>
  );
}
