import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { edit, useEditor } from "../../editing/editor";

/** The flow's name, which a click lets one change. */
export function FlowName() {
  const { t } = useTranslation();
  const name = useEditor((editor) => editor.flow.name);
  return (
    <h1 className="flow-name">
      <TextInput
        variant="unstyled"
        dir="auto"
        aria-label={t("flow.name")}
        value={name}
        onChange={(event) => {
          const written = event.currentTarget.value;
          edit((flow) => {
            flow.name = written;
          }, "name");
        }}
      />
    </h1>
  );
}
