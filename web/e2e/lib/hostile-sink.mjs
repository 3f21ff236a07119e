/**
 * Where every name leads that hostile mail asks for: a listener of our own. The hosts of ten samples each have an address of
 * their own on loopback, so that a connection tells where it comes from before a byte is sent (a rule for each host would be
 * more than Chromium takes); a request and the beginning of TLS name the sample itself. What was only looked up stands in
 * Chromium's log.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

/** The number that a sample's script writes to the console is this and the sample's own. */
export const MARK = 7_100_000;
const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

const addressOf = (ten) => `127.66.${ten >> 8}.${ten & 255}`;
/** For names that are no sample's. */
const OTHERS = 255 * 256;

/** The ten samples behind one of the listener's addresses; in a record they have a number below zero. */
function tenAt(address) {
  const parts = /127\.66\.(\d+)\.(\d+)$/.exec(address ?? "");
  return parts === null ? OTHERS : Number(parts[1]) * 256 + Number(parts[2]);
}

/** Hosts that Chromium asks by itself, whatever it shows. */
const OWN = /(^|\.)(googleapis\.com|google\.com|gvt1\.com)(:\d+)?$/;

/** The sample that an address or a text names by its host. */
export const sampleOf = (text) => Number(/h(\d{4})\.hostile\.test/i.exec(text)?.[1] ?? 0);

function content(n, file) {
  const script = `console.log(${MARK + n})`;
  if (file.endsWith(".js")) return ["text/javascript", script];
  if (file.endsWith(".css")) return ["text/css", "p{background:url(css.png)}"];
  if (file.endsWith(".html")) return ["text/html", `<script>${script}</script>`];
  if (file.endsWith(".svg"))
    return [
      "image/svg+xml",
      `<svg xmlns="http://www.w3.org/2000/svg"><script>${script}</script><g id="a"/></svg>`,
    ];
  return ["image/gif", GIF];
}

export async function openSink() {
  let told = () => {};
  const server = createServer((request, answer) => {
    const n = sampleOf(request.headers.host ?? "") || -1 - tenAt(request.socket.localAddress);
    if (!OWN.test(request.headers.host ?? ""))
      told(n, "request", `${request.method} http://${request.headers.host}${request.url}`);
    const [type, body] = content(n, new URL(request.url, "http://sink").pathname);
    answer.writeHead(200, {
      "content-type": type,
      "access-control-allow-origin": "*",
      connection: "close",
    });
    answer.end(body);
  });
  server.on("connection", (socket) => {
    if (!/(^|:)127\./.test(socket.remoteAddress ?? "")) return socket.destroy();
    // Of others a connection alone says nothing: Chromium looks for its updates by itself.
    const ten = tenAt(socket.localAddress);
    if (ten !== OTHERS) told(-1 - ten, "connection", socket.localAddress);
    return undefined;
  });
  // TLS is not spoken here, but it begins with the name in clear.
  server.on("clientError", (error, socket) => {
    const n = sampleOf(error.rawPacket?.toString("latin1") ?? "");
    if (n > 0) told(n, "connection", "TLS began");
    socket.destroy();
  });
  await new Promise((ready) => server.listen(0, "0.0.0.0", ready));
  const { port } = server.address();
  return {
    listen: (teller) => {
      told = teller;
    },
    rules: (samples) =>
      [
        ...[...new Set(samples.map(({ n }) => Math.floor(n / 10)))].map(
          (ten) => `MAP h${String(ten).padStart(3, "0")}?.* ${addressOf(ten)}:${port}`,
        ),
        `MAP * ${addressOf(OTHERS)}:${port}`,
        "EXCLUDE 127.0.0.1",
        "EXCLUDE localhost",
      ].join(","),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * A Chromium whose every name leads to a sink, and what it did: connections and requests at the sink, names looked up,
 * requests stopped by a policy.
 */
export async function openWatched(samples) {
  const sink = await openSink();
  const folder = mkdtempSync(path.join(tmpdir(), "tenon-hostile-"));
  const log = path.join(folder, "net.json");
  const browser = await chromium.launch({
    executablePath: process.env.TENON_CHROMIUM ?? process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      `--host-resolver-rules=${sink.rules(samples)}`,
      `--log-net-log=${log}`,
    ],
  });
  return {
    browser,
    listen: sink.listen,
    /** Closes it; the tens of samples whose names were looked up. */
    close: async () => {
      await browser.close();
      sink.close();
      const names = namesIn(readFileSync(log, "utf8"));
      rmSync(folder, { recursive: true, force: true });
      return names;
    },
  };
}

/** How often names of each ten of samples were looked up. The log is one event a line; its end may be missing. */
function namesIn(text) {
  const lines = text.split("\n");
  const type = Number(/"HOST_RESOLVER_MANAGER_REQUEST":(\d+)/.exec(lines[0])?.[1] ?? Number.NaN);
  const names = new Map();
  let read = 0;
  for (const line of lines) {
    if (!line.includes(`"type":${type}`)) continue;
    const host = /"host":"([^"]+)"/.exec(line)?.[1];
    if (host === undefined) continue;
    read += 1;
    if (!host.includes("127.66.")) continue;
    const ten = tenAt(new URL(host.includes("://") ? host : `http://${host}`).hostname);
    if (ten !== OTHERS) names.set(-1 - ten, (names.get(-1 - ten) ?? 0) + 1);
  }
  return { names, read };
}
