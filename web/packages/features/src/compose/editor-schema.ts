import { generateHTML, generateJSON } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Image } from "@tiptap/extension-image";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { Underline } from "@tiptap/extension-underline";

/** Pictures are known by their attachment; an address from elsewhere would call there when it is read. */
const Picture = Image.extend({
  addAttributes() {
    return {
      ...this.parent?.(),
      attachment: {
        default: null,
        parseHTML: (element: HTMLElement) => element.getAttribute("data-attachment"),
        renderHTML: ({ attachment }: { attachment?: string | null }) =>
          attachment == null ? {} : { "data-attachment": attachment },
      },
    };
  },
});

/** All the formatting there is: no more than mail programs understand. */
export const SCHEMA = [
  Document,
  Paragraph,
  Text,
  Bold,
  Italic,
  Underline,
  HardBreak,
  BulletList,
  OrderedList,
  ListItem,
  Blockquote,
  Link.configure({ openOnClick: false, autolink: true, protocols: ["http", "https", "mailto", "tel"] }),
  Picture.configure({ inline: true, allowBase64: false }),
];

/** What the editor would make of a text. */
export const asEdited = (html: string): string => generateHTML(generateJSON(html, SCHEMA), SCHEMA);
