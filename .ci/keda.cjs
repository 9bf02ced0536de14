// Holds the resources of KEDA in a file against KEDA's own schemas.
const { readFileSync } = require("fs");
const { parseAllDocuments } = require("yaml");
const kinds = require("@kubernetes-models/keda/keda.sh/v1alpha1");

const file = process.argv[2];
const resources = parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS());
const own = resources.filter((resource) => resource.apiVersion.startsWith("keda.sh/"));
if (own.length === 0) throw new Error(`${file} has nothing of KEDA's`);
for (const resource of own) {
  new kinds[resource.kind](resource).validate();
  console.log(`${file}: ${resource.kind} ${resource.metadata.name} is valid`);
}
