// Packages lie where script/bootstrap put them (SDK_MODULES), not beside these scripts.
import { register } from "node:module";

register(
  `data:text/javascript,${encodeURIComponent(`
    const base = ${JSON.stringify(`file://${process.env.SDK_MODULES}/package.json`)};
    export function resolve(specifier, context, next) {
      return specifier.startsWith("@azure/") && context.parentURL?.includes("/end-to-end/javascript/")
        ? next(specifier, { ...context, parentURL: base })
        : next(specifier, context);
    }`)}`,
);
