# Parley in a container: HTTP, worker or both by ROLE. Needs DATABASE_URL and PARLEY_SECRET; see docs/OPERATIONS.md.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL is optional and of no use here, where DATABASE_URL is set.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

# The program in a few files and its compiled code, which halve the time to the first answer. The cache is per user, hence `USER`.
FROM node:24-slim AS bundle
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts && mkdir node_modules/.cache && chown node node_modules/.cache
COPY src ./src
COPY workers ./workers
COPY scripts/bundle ./scripts/bundle
USER node
RUN npm run bundle

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=bundle /app/node_modules/.cache ./node_modules/.cache
COPY package.json package-lock.json LICENSE ./
COPY src ./src
COPY workers ./workers
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# Node itself is process 1, so that it hears the signal; it reaps no children because it has none.
CMD ["node", "-r", "./src/require-node.cjs", "src/main.ts"]
