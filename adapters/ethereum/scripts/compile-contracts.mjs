// Compiles the contracts and writes one <name>.json (ABI, creation and runtime code) a contract.
//
//   SOLC_JS=<npm package solc 0.8.37> node scripts/compile-contracts.mjs [output folder]
//
// Without an argument it writes where the artifacts are checked in. Contracts for tests go to src/test/resources.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = '0.8.37+commit.f401782d';
const MODULE = dirname(dirname(fileURLToPath(import.meta.url)));
const SETS = [
  { sources: 'src/main/solidity', artifacts: 'src/main/resources/contracts' },
  { sources: 'src/test/solidity/tokens', artifacts: 'src/test/resources/contracts' },
];

if (!process.env.SOLC_JS) {
  console.error('SOLC_JS must be the folder of the npm package solc 0.8.37');
  process.exit(1);
}
const solc = createRequire(import.meta.url)(process.env.SOLC_JS);
if (!solc.version().startsWith(COMPILER)) {
  console.error(`solc ${COMPILER} is wanted, this is ${solc.version()}`);
  process.exit(1);
}

function compile(folder) {
  const files = readdirSync(join(MODULE, folder)).filter((name) => name.endsWith('.sol')).sort();
  const sources = Object.fromEntries(
    files.map((name) => [name, { content: readFileSync(join(MODULE, folder, name), 'utf8') }]));
  const settings = {
    evmVersion: 'prague',
    optimizer: { enabled: true, runs: 200 },
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'] } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
  const problems = output.errors ?? [];
  problems.forEach((problem) => console.error(problem.formattedMessage));
  if (problems.length > 0) process.exit(1);
  return output.contracts;
}

for (const { sources, artifacts } of SETS) {
  const target = process.argv[2] ? join(process.argv[2], artifacts) : join(MODULE, artifacts);
  mkdirSync(target, { recursive: true });
  for (const contracts of Object.values(compile(sources))) {
    for (const [name, { abi, evm }] of Object.entries(contracts)) {
      if (evm.bytecode.object === '') continue; // an interface
      const artifact = {
        contract: name,
        compiler: COMPILER,
        abi,
        bytecode: '0x' + evm.bytecode.object,
        runtimeBytecode: '0x' + evm.deployedBytecode.object,
        immutables: Object.values(evm.deployedBytecode.immutableReferences ?? {}).flat(),
      };
      writeFileSync(join(target, `${name}.json`), JSON.stringify(artifact, null, 1) + '\n');
    }
  }
}
