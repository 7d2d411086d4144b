import { Input, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type FieldProps, shown, useInput } from "./field";
import { Parts } from "./objects";
import { isObject } from "./settle";

/** How we sign in at a system: the kind of it, and what that kind takes. */
export function SignIn({ field, value, onChange, path }: FieldProps) {
  const { t } = useTranslation();
  const { label, error } = useInput(field, path, true);
  const variants = field.variants ?? {};
  const now: Record<string, unknown> = isObject(value) ? value : {};
  const type = shown(now.type);
  const kinds = [...new Set([...Object.keys(variants), ...(type ? [type] : [])])];

  function choose(chosen: string) {
    const names = (variants[chosen] ?? []).map((part) => part.name);
    const kept = Object.entries(now).filter(([name]) => names.includes(name)); // a secret stays the one it was
    onChange(chosen ? { type: chosen, ...Object.fromEntries(kept) } : undefined);
  }

  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <div className={type ? "field-card" : ""}>
        <NativeSelect
          aria-label={label}
          value={type}
          data={[{ value: "", label: t("field.sign_in.none") }, ...kinds.map((one) => ({ value: one, label: t(`field.sign_in.${one}`, { defaultValue: one }) }))]}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {type && <Parts parts={variants[type] ?? []} item={now} path={path} onChange={onChange} />}
      </div>
    </Input.Wrapper>
  );
}
