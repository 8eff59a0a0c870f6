import { useId, type ReactNode } from "react";

/** A heading, one stronger hairline, then rows. Never a box. */
export function Section({
  title,
  count,
  more,
  children,
  className = "",
  id,
}: {
  title: ReactNode;
  count?: ReactNode;
  more?: ReactNode;
  children: ReactNode;
  className?: string;
  id?: string;
}) {
  const heading = useId();
  return (
    <section className={`sec min-w-0 ${className}`} aria-labelledby={heading} id={id}>
      <header>
        <h2 id={heading} className="font-strong">
          {title}
        </h2>
        {count === undefined ? null : <span className="text-fg-3">{count}</span>}
        {more === undefined ? null : <span className="ml-auto text-second leading-6 text-fg-2">{more}</span>}
      </header>
      {children}
    </section>
  );
}

/** A small framed word, such as 데모. */
export function Tag({ children }: { children: ReactNode }) {
  return (
    <span className="inline-block rounded-1 px-1.25 text-mark leading-[18px] font-regular whitespace-nowrap text-fg-2 shadow-[inset_0_0_0_1px_var(--line-2)]">
      {children}
    </span>
  );
}

/** What is true, why, and one next step. */
export function EmptyState({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="border-b border-line pt-5 pb-6">
      <p className="font-strong">{title}</p>
      {children === undefined ? null : <p className="mt-0.5 text-second text-fg-2">{children}</p>}
      {action === undefined ? null : <div className="mt-3 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}
