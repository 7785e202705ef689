// Makes dist/ from src/ and the packages of the lock file: node build.mjs, or with --check whether dist/ is what it would make.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const here = new URL("./", import.meta.url);
const at = (path) => new URL(path, here);

async function bundle(entry) {
  const made = await build({ entryPoints: [at(entry).pathname], bundle: true, minify: true, write: false, format: "iife", target: "es2022", legalComments: "none", charset: "ascii" });
  return Buffer.from(made.outputFiles[0].contents);
}

const script = await bundle("src/main.js");
if (/<\/script|<!--/i.test(script.toString())) throw new Error("the bundle would end the script element that it stands in");
const licences = ["echarts", "zrender", "tslib"].map((name) => {
  const about = JSON.parse(readFileSync(at(`node_modules/${name}/package.json`)));
  const text = readFileSync(at(`node_modules/${name}/${name === "tslib" ? "LICENSE.txt" : "LICENSE"}`), "utf8");
  const notice = name === "echarts" ? `\n${readFileSync(at("node_modules/echarts/NOTICE"), "utf8")}` : "";
  return `${name} ${about.version} (${about.license})\n\n${text}${notice}`;
});
const files = {
  "dist/report.js": script,
  "dist/report.js.sha256": Buffer.from(`sha256-${createHash("sha256").update(script).digest("base64")}`),
  "dist/report.css": await bundle("src/style.css"),
  "dist/LICENSES.txt": Buffer.from(`Licences of what dist/report.js is made of, besides the files in src/.\n\n${licences.join(`\n${"=".repeat(80)}\n\n`)}`),
};

// A test compares this with the files as they are: a bundle that was forgotten is found without npm.
const sources = createHash("sha256");
for (const path of [...readdirSync(at("src/")).sort().map((name) => `src/${name}`), "build.mjs", "package-lock.json"])
  sources.update(`${path.split("/").pop()}\0`).update(readFileSync(at(path))).update("\0");
files["dist/sources.sha256"] = Buffer.from(`${sources.digest("hex")}\n`);

let stale = 0;
for (const [path, content] of Object.entries(files)) {
  if (!process.argv.includes("--check")) writeFileSync(at(path), content);
  else if (!content.equals(readFileSync(at(path)))) stale = console.error(`${path} is not what src/ gives: npm run build`) ?? 1;
}
process.exit(stale);
