// A rehearsal tool: sends what it was given to the simulated world, through the proxy that its environment names.
import { readFileSync } from "node:fs";
import { request } from "node:http";

const args = JSON.parse(readFileSync(0, "utf8"));
const [, , how, port] = process.argv;
const url = new URL(how === "get" || how === "post" ? args.url : `http://${how}.shop.example:${port}/send`);
const proxy = new URL(process.env.http_proxy);
const body = how === "get" ? undefined : JSON.stringify(args);
const call = request(
  {
    host: proxy.hostname,
    port: proxy.port,
    method: body === undefined ? "GET" : "POST",
    path: url.href,
    headers: { host: url.host, ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }) },
  },
  (answer) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (chunk) => (text += chunk));
    answer.on("end", () => {
      process.stdout.write(`${answer.statusCode} ${text}`);
      process.exitCode = answer.statusCode < 400 ? 0 : 1;
    });
  },
);
call.on("error", (error) => {
  process.stderr.write(error.message);
  process.exitCode = 1;
});
call.end(body);
