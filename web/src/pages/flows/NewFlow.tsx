import { Alert, Button, Modal, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { api } from "../../api/client";
import { once } from "../../api/once";
import type { components } from "../../api/schema";
import { Picture } from "../../canvas/Picture";
import type { FlowDocument } from "../../graph/document";
import { currentLanguage } from "../../shell/language";

type Template = components["schemas"]["Template"];

const TEMPLATES: Template[] = ["loyalty_line", "opening_hours", "call_back", "empty"];

/** Begins a flow: from nothing, or from one that is drawn already. It takes nobody until it is published. */
export function NewFlow() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{t("flows.new")}</Button>
      <Modal size={640} opened={isOpen} onClose={() => setIsOpen(false)} title={t("flows.new")} closeButtonProps={{ "aria-label": t("publish.close") }}>
        {isOpen && <Sheet />}
      </Modal>
    </>
  );
}

function Sheet() {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [template, setTemplate] = useState<Template>("loyalty_line");
  const [, go] = useLocation();
  const known = useQueryClient();
  const drawn = useTemplates();
  const begin = useMutation({
    mutationFn: () => beginFlow(name.trim() || t(`template.${template}`), template, currentLanguage()),
    onSuccess: (made) => {
      void known.invalidateQueries({ queryKey: ["flows"] });
      if (made) go(`/flows/${made.flow}`);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!begin.isPending) begin.mutate();
      }}
    >
      <Stack>
        <TextInput label={t("flows.name")} data-autofocus maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <div className="templates" role="radiogroup" aria-label={t("flows.begin_with")}>
          {TEMPLATES.map((one) => (
            <UnstyledButton key={one} role="radio" aria-checked={one === template} className="template" onClick={() => setTemplate(one)}>
              <span className="template-picture">{drawn[one] && <Picture flow={drawn[one].document as unknown as FlowDocument} exits={drawn[one].exits} />}</span>
              <b>{t(`template.${one}`)}</b>
              <small className="muted">{t(`template.${one}_about`)}</small>
            </UnstyledButton>
          ))}
        </div>
        {begin.error && <Alert color="red">{t("app.failed", { why: begin.error.message })}</Alert>}
        <Button type="submit" loading={begin.isPending}>
          {t("flows.begin")}
        </Button>
      </Stack>
    </form>
  );
}

const beginFlow = once(async (name: string, template: Template, language: string) => (await api.POST("/api/v1/flows", { body: { name, template, language } })).data);

/** Each template as it would be drawn here and now. */
function useTemplates(): Partial<Record<Template, components["schemas"]["TemplateView"]>> {
  const language = currentLanguage();
  const { data } = useQuery({
    queryKey: ["templates", language],
    queryFn: async () => (await api.GET("/api/v1/templates", { params: { query: { language } } })).data ?? [],
  });
  return Object.fromEntries((data ?? []).map((one) => [one.template, one]));
}
