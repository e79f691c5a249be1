// Builds the style sheet and the scripts into ../static: hashed names, manifest, .br and .gz siblings, licences.
// Run `npm ci --ignore-scripts && node build.mjs`; the result is committed, so that a user needs no Node.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static");
const manifest = {};
const packages = new Set(["govuk-frontend"]);

function write(name, content) {
  const bytes = Buffer.from(content);
  const { name: stem, ext } = parse(name);
  const hashed = `${stem}.${createHash("sha256").update(bytes).digest("hex").slice(0, 10)}${ext}`;
  writeFileSync(join(out, hashed), bytes);
  writeFileSync(join(out, `${hashed}.br`), brotliCompressSync(bytes));
  writeFileSync(join(out, `${hashed}.gz`), gzipSync(bytes, { level: 9 }));
  manifest[name] = hashed;
}

function style() {
  const built = sass.compile(join(here, "scss", "visits.scss"), {
    style: "compressed",
    loadPaths: [join(here, "node_modules")],
    quietDeps: true,
  });
  write("visits.css", built.css);
}

async function scripts() {
  for (const file of readdirSync(join(here, "ts")).filter((name) => name.endsWith(".ts")).sort()) {
    const built = await esbuild.build({
      absWorkingDir: here,
      entryPoints: [join("ts", file)],
      bundle: true,
      minify: true,
      format: "iife",
      target: "es2020",
      legalComments: "none",
      metafile: true,
      write: false,
    });
    Object.keys(built.metafile.inputs).forEach(remember);
    write(file.replace(/\.ts$/, ".js"), built.outputFiles[0].contents);
  }
}

function remember(input) {
  const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}

function pictures() {
  for (const file of readdirSync(join(here, "img")).sort()) write(file, readFileSync(join(here, "img", file)));
}

function licences() {
  const parts = ["Code of others in the files of this folder, with its licences.\n"];
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    // A package that forgot its licence file has its notice in licences/.
    const text = readFileSync(file ? join(folder, file) : join(here, "licences", `${name}.txt`), "utf8").trim();
    parts.push(`${"-".repeat(78)}\n${name} ${version} (${license})\n\n${text}\n`);
  }
  writeFileSync(join(out, "THIRD-PARTY.txt"), parts.join("\n"));
}

if (existsSync(out)) rmSync(out, { recursive: true });
mkdirSync(out, { recursive: true });
style();
await scripts();
pictures();
licences();
const sorted = Object.fromEntries(Object.entries(manifest).sort());
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
