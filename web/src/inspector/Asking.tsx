import { Alert, Button, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "../api/schema";
import { namesIn, type Question } from "./trying";

export type Answer = components["schemas"]["AskedView"];
export type Wish = components["schemas"]["AskWish"];

const ONLY_READ = new Set(["GET", "HEAD"]);
/** What people try as a caller's number at first. */
const KEPT_NUMBER = "skipline.tried_phone";

interface AskingProps {
  question: Question;
  ask: (wish: Wish) => Promise<Answer | undefined>;
  /** What is shown below what the source said. */
  below: (answer: Answer) => ReactNode;
}

/** Fill the holes of a question, send it for real, and see what the source says. */
export function Asking({ question, ask, below }: AskingProps) {
  const { t } = useTranslation();
  const [given, setGiven] = useState<Record<string, string>>({ "contact.phone": localStorage.getItem(KEPT_NUMBER) ?? "" });
  const names = namesIn(question);
  const asking = useMutation({
    mutationFn: () => {
      localStorage.setItem(KEPT_NUMBER, given["contact.phone"] ?? "");
      return ask({ ...question, variables: Object.fromEntries(names.filter((name) => given[name]).map((name) => [name, given[name]])) });
    },
  });
  return (
    <>
      {names.map((name) => (
        <TextInput
          key={name}
          label={name === "contact.phone" ? t("inspector.look_up_number") : name}
          placeholder={name === "contact.phone" ? "+31612345678" : ""}
          value={given[name] ?? ""}
          onChange={(event) => setGiven({ ...given, [name]: event.currentTarget.value })}
        />
      ))}
      {!ONLY_READ.has(question.method) && <p className="muted small field-note">{t("inspector.really_sent", { method: question.method })}</p>}
      <Button variant="default" fullWidth leftSection={<IconSend size={15} aria-hidden />} loading={asking.isPending} onClick={() => asking.mutate()}>
        {t("inspector.test_request")}
      </Button>
      <div role="status">
        {asking.error && <Alert color="red">{asking.error.message}</Alert>}
        {asking.data && <Told answer={asking.data} />}
      </div>
      {asking.data && below(asking.data)}
    </>
  );
}

function Told({ answer }: { answer: Answer }) {
  const { t, i18n } = useTranslation();
  const isAnswered = answer.status === "ok";
  const time = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 }).format(answer.took_ms);
  return (
    <>
      <p className="trial-told" data-ok={isAnswered || undefined}>
        {isAnswered ? t("inspector.answered", { time }) : answer.status === "not_found" ? t("inspector.not_found") : t("inspector.not_answered")}
        {!isAnswered && answer.reason && <span className="small"> {answer.reason}</span>}
      </p>
      {answer.remedy && <p className="field-note">{t(`inspector.remedy.${answer.remedy}`)}</p>}
    </>
  );
}
