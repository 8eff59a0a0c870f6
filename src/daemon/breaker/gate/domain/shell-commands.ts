/** How a command's arguments are to be read. Whatever isn't here is unknown, and so class 3. */
export type CommandKind =
  /** Touches nothing: its arguments are words. */
  | { kind: "words" }
  /** Reads the files that it names. `skip`: so many leading words are not files. `unless`: options that make it do more. */
  | { kind: "read"; skip?: number; unless?: RegExp }
  /** Writes the files that it names, and can be taken back where versions are kept. */
  | { kind: "write"; unless?: RegExp }
  /** Destroys what it names. */
  | { kind: "destroy" }
  /** Runs what follows: `skip` words (and their options' values) come first. */
  | { kind: "wrap"; skip: number; valued: readonly string[]; rights?: true }
  | { kind: "egress"; how: "curl" | "wget" | "remote" | "connect" | "look-up" }
  | { kind: "shell" | "eval" | "find" | "sed" | "awk" | "git" | "tar" | "xargs" | "packages" | "cd" | "assign" | "schedule" };

const words: CommandKind = { kind: "words" };
const read: CommandKind = { kind: "read" };
const write: CommandKind = { kind: "write" };
const destroy: CommandKind = { kind: "destroy" };
const wrap = (skip = 0, ...valued: string[]): CommandKind => ({ kind: "wrap", skip, valued });
const rights = (...valued: string[]): CommandKind => ({ kind: "wrap", skip: 0, valued, rights: true });
const egress = (how: "curl" | "wget" | "remote" | "connect" | "look-up"): CommandKind => ({ kind: "egress", how });

const listed = (names: string, kind: CommandKind): [string, CommandKind][] => names.split(" ").map((name) => [name, kind]);

const table = new Map<string, CommandKind>([
  ...listed(": true false echo printf pwd whoami id uname hostname date cal seq sleep basename dirname expr test [ tty arch nproc uptime which type", words),
  ...listed("break continue return exit wait shift read times let getopts hash umask", words),
  ...listed("cat ls head tail wc uniq cut diff file stat du df tree nl tac rev cmp comm paste join column fold fmt od xxd hexdump strings base64 md5sum", read),
  ...listed("sha1sum sha256sum sha512sum cksum readlink realpath zcat tr bc", read),
  ["grep", { kind: "read", skip: 1 }],
  ["egrep", { kind: "read", skip: 1 }],
  ["fgrep", { kind: "read", skip: 1 }],
  ["jq", { kind: "read", skip: 1 }],
  ["rg", { kind: "read", skip: 1, unless: /^--(pre|hostname-bin|search-zip)|^-z/ }],
  ["sort", { kind: "read", unless: /^-[^-]*[oT]|^--(output|compress-program|temporary-directory)/ }],
  ...listed("touch mkdir tee cp mv ln zip gzip gunzip bzip2 xz split", write),
  ...listed("unzip", { kind: "write", unless: /^-[^-]*:/ }),
  ...listed("rm rmdir unlink shred truncate dd chmod chown chgrp chattr mkfs mkswap wipefs", destroy),
  ...listed("nohup setsid command builtin exec time stdbuf", wrap(0, "-a", "-f", "-o", "-i", "-e")),
  ["nice", wrap(0, "-n", "--adjustment")],
  ["ionice", wrap(0, "-c", "-n", "-p")],
  ["timeout", wrap(1, "-s", "--signal", "-k", "--kill-after")],
  ["watch", wrap(0, "-n", "--interval")],
  ["flock", wrap(1, "-w", "-E")],
  ["env", wrap(0, "-u", "--unset", "-C", "--chdir", "-S")],
  ["sudo", rights("-u", "-g", "-h", "-p", "-C", "-r", "-t", "-D", "-R", "-T", "-U")],
  ["doas", rights("-u", "-C")],
  ["strace", rights("-e", "-o", "-p", "-s", "-E")],
  ["unshare", rights()],
  ["chroot", { kind: "wrap", skip: 1, valued: [], rights: true }],
  ["xargs", { kind: "xargs" }],
  ["parallel", { kind: "xargs" }],
  ...listed("sh bash dash zsh ksh ash", { kind: "shell" }),
  ...listed("eval source . trap alias", { kind: "eval" }),
  ["find", { kind: "find" }],
  ["sed", { kind: "sed" }],
  ...listed("awk gawk mawk", { kind: "awk" }),
  ["git", { kind: "git" }],
  ["tar", { kind: "tar" }],
  ...listed("npm npx pnpm yarn pip pip3 pipx uv gem cargo go brew apt apt-get dnf yum apk gh aws gcloud az docker podman kubectl helm", { kind: "packages" }),
  ...listed("cd pushd popd", { kind: "cd" }),
  ...listed("export declare local readonly typeset", { kind: "assign" }),
  ...listed("crontab at batch systemd-run", { kind: "schedule" }),
  ["curl", egress("curl")],
  ["wget", egress("wget")],
  ...listed("ssh scp sftp rsync mosh", egress("remote")),
  ...listed("nc ncat netcat socat telnet ftp openssl", egress("connect")),
  ...listed("dig nslookup host ping ping6 traceroute getent whois", egress("look-up")),
]);

const trusted = /^(\/usr(\/local)?|\/opt\/homebrew)?\/s?bin\/([^/]+)$/;
/** The command of that name; a path counts only in the system's own folders. Undefined: unknown. */
export function commandOf(name: string): { name: string; kind: CommandKind } | undefined {
  const bare = name.includes("/") ? trusted.exec(name)?.[3] : name;
  if (bare === undefined) return undefined;
  const kind = table.get(bare) ?? (bare.startsWith("mkfs.") ? destroy : undefined);
  return kind && { name: bare, kind };
}

const harmless = /^(LANG|LC_\w+|TZ|CI|DEBUG|NODE_ENV|COLUMNS|LINES|TERM|NO_COLOR|FORCE_COLOR|[a-z_][a-z0-9_]*)$/;
/** Variables that can't change what a command does; a proxy's name in small letters can. */
export const isHarmlessVariable = (name: string): boolean => harmless.test(name) && !/proxy$/i.test(name);

export const gitReads = new Set("status log diff show branch rev-parse ls-files blame describe shortlog grep cat-file rev-list name-rev version".split(" "));
export const gitWrites = new Set("add commit init tag stash mv notes".split(" "));
export const gitDials = new Set("fetch pull clone push ls-remote submodule remote".split(" "));
/** Options of curl and wget that take a value which is no address. */
export const valuedCurl =
  /^(-[a-zA-Z]*[HAeuXodmbcwFTCrKxUyYzEt]|--(header|user-agent|referer|user|request|output|data|data-raw|data-binary|data-urlencode|data-ascii|json|form|form-string|upload-file|max-time|connect-timeout|retry|retry-delay|retry-max-time|cookie|cookie-jar|write-out|range|config|proxy|cert|key|cacert|resolve|connect-to|unix-socket|interface|dns-servers|limit-rate|output-dir|url-query|aws-sigv4))$/;
export const valuedWget =
  /^(-[a-zA-Z]*[OPUotTwQeiadBlARDIX]|--(output-document|directory-prefix|user-agent|header|post-data|post-file|body-data|body-file|method|timeout|tries|wait|execute|input-file|user|password|referer|load-cookies|save-cookies))$/;
