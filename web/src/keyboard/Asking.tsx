import { Combobox, Modal, TextInput, useCombobox } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { PieceTile } from "../canvas/PieceTile";
import { type Question, useKeyboard } from "./state";

const MOST_SHOWN = 60;

/** The question that is asked, with the answers that fit what is typed; arrows and Enter choose. */
export default function Asking() {
  const { t } = useTranslation();
  const question = useKeyboard((keyboard) => keyboard.question);
  return (
    <Modal
      opened={question !== null}
      onClose={() => question?.answer(null)}
      title={question?.title}
      returnFocus={false}
      closeButtonProps={{ "aria-label": t("publish.close") }}
    >
      {question && <Answers key={question.title} question={question} />}
    </Modal>
  );
}

function Answers({ question }: { question: Question }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const box = useCombobox({ opened: true }); // the dialog around it opens and closes
  const input = useRef<HTMLInputElement>(null);
  const found = question.choices(typed).slice(0, MOST_SHOWN);
  useEffect(() => input.current?.focus(), []); // one question may follow another in the same dialog
  useEffect(() => {
    box.selectFirstOption();
  }, [box.selectFirstOption, typed]);
  return (
    <Combobox store={box} onOptionSubmit={(value) => question.answer(value)}>
      <Combobox.EventsTarget>
        <TextInput
          ref={input}
          data-autofocus
          mb={8}
          aria-label={question.hint}
          placeholder={question.hint}
          value={typed}
          onKeyDown={(event) => event.key === "Escape" && question.answer(null)} // the list would keep it to itself
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            box.updateSelectedOptionIndex();
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.Options mah={360} style={{ overflowY: "auto" }} aria-label={question.title}>
        {found.map(({ value, label, note, type, group }) => (
          <Combobox.Option key={value} value={value} className="choice">
            {type !== undefined && <PieceTile type={type} group={group ?? ""} small />}
            <span>
              <b>{label}</b>
              {note && <small>{note}</small>}
            </span>
          </Combobox.Option>
        ))}
        {found.length === 0 && <Combobox.Empty>{t("keyboard.not_found")}</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  );
}
