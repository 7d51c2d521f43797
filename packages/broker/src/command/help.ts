// Nothing in → what `--help` prints out.

export const HELP = `Usage: agentwrit-broker [--strict]

An AgentWrit broker, configured by environment variables. An empty variable
counts as one that is not set.

Flags:
  --strict    close the habits of the protocol that are unsafe
  --help, -h  print this
  --version   print the version

Where it listens:
  AA_PORT              8080             0: any free port
  AA_BIND_ADDRESS      127.0.0.1
  AA_TLS_MODE          none             none, tls or mtls
  AA_TLS_CERT                           PEM file, for tls and mtls
  AA_TLS_KEY                            PEM file, for tls and mtls
  AA_TLS_CLIENT_CA                      PEM file, for mtls

Who may do what:
  AA_ADMIN_SECRET      (required)       the operator's secret or its bcrypt
                                        hash; or in the config file
  AA_CONFIG_PATH                        config file to try before
                                        /etc/broker/config and
                                        ~/.broker/config, with the lines
                                        MODE=... and ADMIN_SECRET=..., and
                                        permissions for its owner only
  AA_TRUST_DOMAIN      agentwrit.local  of agent ids
  AA_ISSUER                             iss of tokens, checked when set
  AA_AUDIENCE                           aud of tokens, checked when set
  AA_SEED_TOKENS       false            true: print a launch token (for the
                                        scope *:*:* only) and an admin token
                                        at start

How many seconds tokens live:
  AA_DEFAULT_TTL       300              when the time asked for is not positive
  AA_MAX_TTL           86400            at most; 0 or less: no limit
  AA_APP_TOKEN_TTL     1800             tokens of new apps
  AA_ADMIN_TOKEN_TTL   300              admin tokens

What is kept:
  AA_DB_PATH                            SQLite file for apps, revocations and
                                        audit events; not set: nothing is
                                        written, all is forgotten at exit
  AA_SIGNING_KEY_PATH  ./signing.key    only with AA_DB_PATH; without it the
                                        key is another one each time

What it says:
  AA_LOG_LEVEL         verbose          quiet: failures; standard, verbose:
                                        news too; trace: everything

Exit codes:
  0         stopped by SIGINT or SIGTERM, when running requests were done or
            10 seconds had passed
  1         could not start; the line that begins with FATAL: says why
  2         unknown argument
  130, 143  stopped at once by a second SIGINT or SIGTERM

Example:
  export AA_ADMIN_SECRET="$(openssl rand -base64 32)"
  AA_DB_PATH=./data.db npx @agentwrit/broker
`;
