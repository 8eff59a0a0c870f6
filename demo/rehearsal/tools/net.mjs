// A rehearsal tool: sends what it was given to the simulated world. Its environment names the proxy, which Node then uses by itself.
import { readFileSync } from "node:fs";
import { request } from "node:http";

const args = JSON.parse(readFileSync(0, "utf8"));
const [, , how, port] = process.argv;
const url = how === "get" || how === "post" ? args.url : `http://${how}.shop.example:${port}/send`;
const body = how === "get" ? undefined : JSON.stringify(args);
const call = request(
  url,
  {
    method: body === undefined ? "GET" : "POST",
    headers: body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
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
