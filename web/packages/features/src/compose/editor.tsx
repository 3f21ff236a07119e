import {
  IconBlockquote,
  IconBold,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  IconUnderline,
} from "@tenon/ui";
import { ListKeymap } from "@tiptap/extension-list";
import { Placeholder, UndoRedo } from "@tiptap/extensions";
import { type Editor, EditorContent, useEditor, useEditorState } from "@tiptap/react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isComposing } from "../keyboard";
import classes from "./editor.module.css";
import { SCHEMA } from "./editor-schema";

/** Puts something where the cursor stands. `slash`: in the place of the `/` that was typed just before. */
export type Insert = { text: (text: string) => void; html: (html: string, slash?: boolean) => void };

type BodyEditorProps = {
  html: string;
  autoFocus: boolean;
  onChange: (html: string) => void;
  /** Takes pictures that were pasted; answers what to show in their place. */
  onPictures: (files: File[]) => Array<{ key: string; url: string }>;
  /** Hands over how something is put into the text. */
  onInsert?: (insert: Insert) => void;
  /** A `/` was typed where a word begins. */
  onSlash?: () => void;
  children?: React.ReactNode;
};

/** Pasted pages and texts of others bring pictures that live elsewhere; those stay out. */
function withoutForeignPictures(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const image of page.querySelectorAll("img:not([data-attachment])")) image.remove();
  return page.body.innerHTML;
}

/** The text of a message, with no more formatting than mail programs understand. */
export function BodyEditor(props: BodyEditorProps) {
  const { html, autoFocus, onChange, onPictures, onInsert, onSlash, children } = props;
  const { t } = useTranslation();
  const latest = useRef({ onChange, onPictures, onSlash });
  latest.current = { onChange, onPictures, onSlash };
  const insert = useRef<(files: File[]) => void>(() => undefined);
  const editor = useEditor({
    extensions: [
      ...SCHEMA,
      ListKeymap,
      UndoRedo,
      Placeholder.configure({ placeholder: t("compose.body_placeholder") }),
    ],
    content: html,
    injectCSS: false,
    immediatelyRender: true,
    shouldRerenderOnTransaction: false,
    autofocus: autoFocus ? "start" : false,
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": t("compose.body") },
      transformPastedHTML: withoutForeignPictures,
      handleTextInput: (view, from, _to, text) => {
        const before = view.state.doc.resolve(from).nodeBefore?.text?.at(-1);
        if (text === "/" && (before === undefined || /\s/.test(before)))
          // It is typed first.
          setTimeout(() => latest.current.onSlash?.(), 0);
        return false;
      },
      handlePaste: (_view, event) => {
        const files = [...(event.clipboardData?.files ?? [])].filter((file) =>
          file.type.startsWith("image/"),
        );
        if (files.length === 0) return false;
        insert.current(files);
        return true;
      },
    },
    onUpdate: ({ editor: changed }) => latest.current.onChange(changed.isEmpty ? "" : changed.getHTML()),
  });
  insert.current = (files) => {
    for (const { key, url } of latest.current.onPictures(files)) {
      editor
        .chain()
        .focus()
        .insertContent({ type: "image", attrs: { src: url, attachment: key, alt: "" } })
        .run();
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: handed over once for each editor
  useEffect(() => {
    onInsert?.({
      text: (text) => editor.chain().focus().insertContent({ type: "text", text }).run(),
      html: (content, slash = false) => {
        const { from } = editor.state.selection;
        const chain = editor.chain().focus();
        if (slash && editor.state.doc.textBetween(from - 1, from) === "/")
          chain.deleteRange({ from: from - 1, to: from });
        chain.insertContent(withoutForeignPictures(content)).run();
      },
    });
  }, [editor]);
  return (
    <>
      <div className={classes.body}>
        <EditorContent editor={editor} className={classes.editor} />
        {children}
      </div>
      <FormatBar editor={editor} />
    </>
  );
}

const LISTS = [
  ["bulletList", IconList, "bullets", (editor: Editor) => editor.chain().focus().toggleBulletList().run()],
  [
    "orderedList",
    IconListNumbers,
    "numbers",
    (editor: Editor) => editor.chain().focus().toggleOrderedList().run(),
  ],
  [
    "blockquote",
    IconBlockquote,
    "quote",
    (editor: Editor) => editor.chain().focus().toggleBlockquote().run(),
  ],
] as const;
const MARKS = [
  ["bold", IconBold, "bold", (editor: Editor) => editor.chain().focus().toggleBold().run()],
  ["italic", IconItalic, "italic", (editor: Editor) => editor.chain().focus().toggleItalic().run()],
  [
    "underline",
    IconUnderline,
    "underline",
    (editor: Editor) => editor.chain().focus().toggleUnderline().run(),
  ],
] as const;

function FormatBar({ editor }: { editor: Editor }) {
  const { t } = useTranslation();
  const [linking, setLinking] = useState(false);
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) =>
      Object.fromEntries([...MARKS, ...LISTS, ["link"] as const].map(([name]) => [name, now.isActive(name)])),
  });
  const button = ([name, Icon, text, run]: (typeof MARKS)[number] | (typeof LISTS)[number]) => (
    <BarButton
      key={name}
      name={t(`compose.format.${text}`)}
      on={on[name] === true}
      icon={<Icon size={17} stroke={1.7} />}
      run={() => run(editor)}
    />
  );
  return (
    <>
      {linking && <LinkLine editor={editor} active={on.link === true} close={() => setLinking(false)} />}
      <div className={classes.bar} role="toolbar" aria-label={t("compose.format.title")}>
        {MARKS.map(button)}
        <BarButton
          name={t("compose.format.link")}
          on={on.link === true}
          icon={<IconLink size={17} stroke={1.7} />}
          run={() => setLinking(!linking)}
        />
        {LISTS.map(button)}
      </div>
    </>
  );
}

type BarButtonProps = { name: string; on: boolean; icon: React.ReactNode; run: () => void };

/** Pressing it leaves the cursor where it is in the text. */
function BarButton({ name, on, icon, run }: BarButtonProps) {
  return (
    <button
      type="button"
      className={classes.button}
      aria-pressed={on}
      aria-label={name}
      title={name}
      onMouseDown={(event) => event.preventDefault()}
      onClick={run}
    >
      {icon}
    </button>
  );
}

type LinkLineProps = { editor: Editor; active: boolean; close: () => void };

function LinkLine({ editor, active, close }: LinkLineProps) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [url, setUrl] = useState(() => String(editor.getAttributes("link").href ?? ""));
  useEffect(() => field.current?.focus(), []);
  const apply = () => {
    const typed = url.trim();
    const href = typed === "" || /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (href === "") chain.unsetLink().run();
    else if (editor.state.selection.empty && !active)
      chain.insertContent({ type: "text", text: typed, marks: [{ type: "link", attrs: { href } }] }).run();
    else chain.setLink({ href }).run();
    close();
  };
  return (
    <div className={classes.link}>
      <input
        ref={field}
        className={classes.linkField}
        aria-label={t("compose.format.link_address")}
        placeholder="https://"
        inputMode="url"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        onKeyDown={(event) => {
          if ((event.key !== "Enter" && event.key !== "Escape") || isComposing(event.nativeEvent)) return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === "Enter") apply();
          else {
            close();
            editor.commands.focus();
          }
        }}
      />
      <button type="button" className={classes.linkApply} onClick={apply}>
        {t("acting.apply")}
      </button>
    </div>
  );
}
