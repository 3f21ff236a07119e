/** The input of a field, by its type: for dialogs and filters. In place it is edited by `FieldEditor`. */
import type { FieldDef } from "../fields";
import type { FieldValue, Values } from "../types";
import type { Linked } from "../words";
import { ChoiceField, LinkField, PersonField, PipelineField, StageField } from "./choice-inputs";
import { AddressesField, EmailsField, PhonesField } from "./list-inputs";
import {
  BooleanField,
  DateField,
  DateTimeField,
  LongTextField,
  MoneyField,
  NumberField,
  TextField,
} from "./simple-inputs";

export type FieldInputProps = {
  field: FieldDef;
  value: FieldValue | null;
  onChange: (value: FieldValue | null) => void;
  /** Else the name of the field. */
  label?: string | undefined;
  /** The label stands above the input; else it is only spoken. */
  labelShown?: boolean | undefined;
  error?: string | undefined;
  /** Titles of linked records. */
  linked?: Linked | undefined;
  /** The other values of the record: a stage belongs to its pipeline. */
  values?: Values | undefined;
  autoFocus?: boolean | undefined;
  /** The key that began the editing: it takes the place of what was there. */
  initial?: string | undefined;
  /** Something was chosen of which there is only one: there is nothing more to do here. */
  onDone?: (() => void) | undefined;
};

export function FieldInput(props: FieldInputProps) {
  switch (props.field.type) {
    case "text":
    case "url":
      return <TextField {...props} />;
    case "long_text":
      return <LongTextField {...props} />;
    case "number":
      return <NumberField {...props} />;
    case "money":
      return <MoneyField {...props} />;
    case "date":
      return <DateField {...props} />;
    case "datetime":
      return <DateTimeField {...props} />;
    case "boolean":
      return <BooleanField {...props} />;
    case "choice":
    case "choices":
      return <ChoiceField {...props} />;
    case "person":
    case "people":
      return <PersonField {...props} />;
    case "link":
    case "links":
      return <LinkField {...props} />;
    case "emails":
      return <EmailsField {...props} />;
    case "phones":
      return <PhonesField {...props} />;
    case "addresses":
      return <AddressesField {...props} />;
    case "pipeline":
      return <PipelineField {...props} />;
    case "stage":
      return <StageField {...props} />;
  }
}
