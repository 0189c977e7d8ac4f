FROM node:26-bookworm-slim
WORKDIR /srv/wardgate
ENV NODE_ENV=production
COPY package.json package-lock.json ./
# No install scripts: what they prepare (the embedded Postgres) is for development.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY src ./src
COPY drizzle ./drizzle
COPY gateway-config ./gateway-config
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/entry/serve.ts"]
