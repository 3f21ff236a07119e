export { TemplatesScreen as TemplatesPage } from "@tenon/features/templates";
