import { Button, Popover, Select, TextInput } from "@mantine/core";
import { IconBraces } from "@tenon/ui";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "../keyboard";
import { placeholder } from "./placeholders";
import classes from "./templates.module.css";
import { useVariables } from "./use-variables";

/** Chooses a variable, and what is said where it has no value. */
export function VariableMenu({ insert }: { insert: (text: string) => void }) {
  const { t } = useTranslation();
  const variables = useVariables();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState<string | null>(null);
  const [fallback, setFallback] = useState("");
  const data = useMemo(() => {
    const groups = [...new Set(variables.map(({ group }) => group))];
    return groups.map((group) => ({
      group,
      items: variables
        .filter((one) => one.group === group)
        .map((one) => ({ value: one.name, label: `${one.group}: ${one.label}` })),
    }));
  }, [variables]);
  const take = () => {
    if (name === null) return;
    insert(placeholder(name, fallback));
    setOpen(false);
    setFallback("");
  };
  return (
    <Popover
      opened={open}
      shadow="md"
      onChange={setOpen}
      width={320}
      position="bottom-start"
      trapFocus
      withinPortal={false}
    >
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconBraces size={15} />}
          onClick={() => setOpen(!open)}
        >
          {t("templates.variable")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.stack}>
          <Select
            label={t("templates.variable")}
            data={data}
            value={name}
            onChange={setName}
            searchable
            data-autofocus
            comboboxProps={{ withinPortal: false }}
            nothingFoundMessage={t("records.nothing_found")}
          />
          <TextInput
            label={t("templates.fallback")}
            description={t("templates.fallback_hint")}
            value={fallback}
            onChange={(event) => setFallback(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || isComposing(event.nativeEvent)) return;
              // It lies inside the form of the template.
              event.preventDefault();
              take();
            }}
          />
          <Button size="xs" disabled={name === null} onClick={take}>
            {t("templates.insert")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
