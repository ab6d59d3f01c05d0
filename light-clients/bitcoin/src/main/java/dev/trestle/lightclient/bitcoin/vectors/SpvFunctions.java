package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.lightclient.bitcoin.DifficultyRule;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.script.Address;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * {@code spv/bitcoin-spv-testVectors.json}: cases by function of Summa's library. Those that test
 * how that library slices bytes say nothing about Bitcoin and are left out by name.
 */
final class SpvFunctions {
  private static final Set<String> SLICING =
      Set.of(
          "INPUT_TYPES",
          "OUTPUT_TYPES",
          "determineVarIntDataLength",
          "extractScriptSigLen",
          "extractSequenceLELegacy",
          "extractSequenceLELegacyError",
          "extractSequenceLegacy",
          "extractSequenceLegacyError",
          "determineInputLength",
          "extractInputAtIndex",
          "extractInputAtIndexError",
          "indexVinError",
          "isLegacyInput",
          "extractScriptSig",
          "extractScriptSigError",
          "scriptSig",
          "scriptSigError",
          "scriptPubkey",
          "extractSequenceLEWitness",
          "extractSequenceWitness",
          "extractOutpoint",
          "extractInputTxIdLE",
          "extractTxIndexLE",
          "extractTxIndex",
          "determineOutputLength",
          "determineOutputLengthError",
          "extractOutputAtIndex",
          "extractOutputAtIndexError",
          "indexVoutError",
          "extractValueLE",
          "extractValue",
          "extractOpReturnData",
          "extractOpReturnDataError",
          "extractHash",
          "extractHashError",
          "calculateDifficultyError",
          "getErrBadLength",
          "getErrInvalidChain",
          "getErrLowWork",
          "lastBytes",
          "lastBytesError",
          "reverseEndianness",
          "bytesToUint",
          "typedArraysAreEqual",
          "typedArraysAreEqualError",
          "safeSlice",
          "safeSliceError",
          "concatUint8Arrays");

  private static final NavigableMap<String, Function<JsonNode, Outcome>> VALUES = values();
  private static final NavigableMap<String, Function<JsonNode, Outcome>> PREDICATES = predicates();

  /** A transaction around an input or an output list. */
  private static final Bytes VERSION = Bytes.fromHex("01000000");

  private static final Bytes ONE_INPUT =
      Bytes.fromHex("01" + "11".repeat(32) + "00000000" + "00" + "ffffffff");
  private static final Bytes ONE_OUTPUT = Bytes.fromHex("01" + "0100000000000000" + "0151");
  private static final Bytes NO_LOCK = Bytes.fromHex("00000000");

  private SpvFunctions() {}

  static List<VectorCase> cases(JsonNode json) {
    List<VectorCase> out = new ArrayList<>();
    for (String name : json.propertyNames()) {
      Optional<Function<JsonNode, Outcome>> value = Optional.ofNullable(VALUES.get(name));
      Optional<Function<JsonNode, Outcome>> predicate = Optional.ofNullable(PREDICATES.get(name));
      if (value.isEmpty() && predicate.isEmpty()) {
        if (!SLICING.contains(name)) {
          throw new DecodeException("unknown function " + name);
        }
        continue;
      }
      int number = 0;
      for (JsonNode each : VectorJson.list(json, name)) {
        // An output of its own is a value; a boolean or an error is an expectation.
        Expected expected =
            predicate.isPresent()
                ? Expected.of(each.has("output") && VectorJson.bool(each, "output"))
                : Expected.of(!each.has("solidityError"));
        Function<JsonNode, Outcome> function = value.or(() -> predicate).orElseThrow();
        out.add(
            new VectorCase(
                name + " " + number++, expected, () -> refusing(() -> function.apply(each))));
      }
    }
    return out;
  }

  private static Outcome refusing(java.util.function.Supplier<Outcome> check) {
    try {
      return check.get();
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static NavigableMap<String, Function<JsonNode, Outcome>> values() {
    NavigableMap<String, Function<JsonNode, Outcome>> out = new TreeMap<>();
    out.put("sha256", each -> hex(each, Digests.sha256(input(each)).bytes()));
    out.put("hash256", each -> hex(each, Digests.sha256d(input(each)).bytes()));
    out.put("hash160", each -> hex(each, Digests.hash160(input(each))));
    out.put("ripemd160", each -> hex(each, Digests.ripemd160(input(each))));
    out.put("hash256MerkleStep", SpvFunctions::merkleStep);
    out.put("parseVarInt", SpvFunctions::compactSize);
    out.put("parseVarIntError", SpvFunctions::compactSize);
    out.put("extractMerkleRootLE", each -> hex(each, header(each).merkleRoot().bytes()));
    out.put("extractPrevBlockLE", each -> hex(each, header(each).previous().bytes()));
    out.put("workHash", each -> hex(each, header(each).id().bytes()));
    out.put(
        "extractTimestamp",
        each ->
            new Checks()
                .same("time", VectorJson.number(each, "output"), header(each).time())
                .outcome());
    out.put(
        "extractTarget",
        each ->
            new Checks()
                .same(
                    "target",
                    Optional.of(unsigned(VectorJson.hex(each, "output"))),
                    CompactTarget.decode(header(each).bits()))
                .outcome());
    out.put(
        "work",
        each ->
            new Checks()
                .same(
                    "hash as a number",
                    VectorJson.integer(each, "output"),
                    unsigned(header(each).id().bytes().reverse()))
                .outcome());
    out.put("calculateTxId", SpvFunctions::txId);
    out.put("retargetAlgorithm", SpvFunctions::retarget);
    out.put("validateHeaderChain", SpvFunctions::chainDifficulty);
    out.put("encodeP2SH", each -> address(each, OutputScript.p2sh(input(each))));
    out.put("encodeP2PKH", each -> address(each, OutputScript.p2pkh(input(each))));
    out.put("encodeP2WPKH", each -> address(each, OutputScript.p2wpkh(input(each))));
    out.put("encodeP2WSH", SpvFunctions::p2wsh);
    return out;
  }

  private static NavigableMap<String, Function<JsonNode, Outcome>> predicates() {
    NavigableMap<String, Function<JsonNode, Outcome>> out = new TreeMap<>();
    for (String name : List.of("validateVin", "tryAsVin", "tryAsVinError")) {
      out.put(name, each -> parsed(input(each), ONE_OUTPUT));
    }
    for (String name : List.of("validateVout", "tryAsVout", "tryAsVoutError")) {
      out.put(name, each -> parsed(ONE_INPUT, input(each)));
    }
    out.put("verifyHash256Merkle", SpvFunctions::merkle);
    out.put("prove", SpvFunctions::prove);
    out.put("validateHeaderWork", SpvFunctions::headerWork);
    out.put("checkWork", SpvFunctions::checkWork);
    out.put("validateHeaderPrevHash", SpvFunctions::parent);
    out.put("validateHeaderChainError", each -> chain(input(each)));
    return out;
  }

  private static Bytes input(JsonNode each) {
    return VectorJson.hex(each, "input");
  }

  private static BlockHeader header(JsonNode each) {
    return Checks.header(each, "input");
  }

  private static BigInteger unsigned(Bytes bigEndian) {
    return new BigInteger(1, bigEndian.toArray());
  }

  private static Outcome hex(JsonNode each, Bytes found) {
    return new Checks().same("result", VectorJson.hex(each, "output"), found).outcome();
  }

  private static Outcome merkleStep(JsonNode each) {
    List<JsonNode> pair = VectorJson.list(each, "input");
    return hex(
        each, Digests.sha256d(VectorJson.hex(pair.get(0)), VectorJson.hex(pair.get(1))).bytes());
  }

  private static Outcome compactSize(JsonNode each) {
    long found = new WireReader(input(each)).compactSize(Integer.MAX_VALUE);
    return each.has("output")
        ? new Checks()
            .same("value", VectorJson.list(each, "output").get(1).asLong(), found)
            .outcome()
        : Outcome.ok();
  }

  private static Outcome txId(JsonNode each) {
    JsonNode parts = VectorJson.field(each, "input");
    Bytes raw =
        SpvCases.transaction(
            VectorJson.hex(parts, "version"),
            VectorJson.hex(parts, "vin"),
            VectorJson.hex(parts, "vout"),
            VectorJson.hex(parts, "locktime"));
    return hex(each, BitcoinTransaction.parse(raw).orThrow().txId().bytes());
  }

  private static Outcome retarget(JsonNode each) {
    List<JsonNode> headers = VectorJson.list(each, "input");
    long span =
        VectorJson.number(headers.get(1), "timestamp")
            - VectorJson.number(headers.get(0), "timestamp");
    BlockHeader first = Checks.header(headers.get(0), "hex");
    BlockHeader next = Checks.header(headers.get(2), "hex");
    DifficultyRule rule = new DifficultyRule(BitcoinNetworks.BITCOIN_MAINNET.difficulty());
    return new Checks().same("target", next.bits(), rule.retarget(first.bits(), span)).outcome();
  }

  private static Outcome address(JsonNode each, Bytes script) {
    return new Checks()
        .same(
            "address",
            Optional.of(VectorJson.text(each, "output")),
            Address.of(BitcoinNetworks.BITCOIN_MAINNET.addresses(), script))
        .outcome();
  }

  /** The input is the script's hash, not the script. */
  private static Outcome p2wsh(JsonNode each) {
    return address(each, Bytes.concat(Bytes.fromHex("0020"), input(each)));
  }

  private static Outcome parsed(Bytes inputs, Bytes outputs) {
    return Outcome.of(
        BitcoinTransaction.parse(SpvCases.transaction(VERSION, inputs, outputs, NO_LOCK)));
  }

  /** Leaf, siblings and root in one byte string. */
  private static Outcome merkle(JsonNode each) {
    JsonNode input = VectorJson.field(each, "input");
    Bytes proof = VectorJson.hex(input, "proof");
    List<Hash32> all = Checks.cut(proof);
    if (proof.size() % Hash32.SIZE != 0 || all.isEmpty() || all.size() == 2) {
      return Outcome.rejected(RejectionCode.MALFORMED, proof.size() + " bytes of branch");
    }
    List<Hash32> siblings = all.size() == 1 ? List.of() : all.subList(1, all.size() - 1);
    return Outcome.of(
        new MerkleBranch(VectorJson.number(input, "index"), siblings)
            .verify(all.getLast(), all.getFirst(), OptionalLong.empty()));
  }

  private static Outcome prove(JsonNode each) {
    JsonNode input = VectorJson.field(each, "input");
    return Outcome.of(
        new MerkleBranch(
                VectorJson.number(input, "index"), Checks.cut(VectorJson.hex(input, "proof")))
            .verify(
                Checks.hash(VectorJson.hex(input, "merkleRootLE")),
                Checks.hash(VectorJson.hex(input, "txIdLE")),
                OptionalLong.empty()));
  }

  private static Outcome headerWork(JsonNode each) {
    JsonNode input = VectorJson.field(each, "input");
    return below(
        Checks.hash(VectorJson.hex(input, "digest")), unsigned(VectorJson.hex(input, "target")));
  }

  private static Outcome checkWork(JsonNode each) {
    JsonNode input = VectorJson.field(each, "input");
    return below(Checks.header(input, "header").id(), unsigned(VectorJson.hex(input, "target")));
  }

  private static Outcome below(Hash32 digest, BigInteger target) {
    return Outcome.check(
        !digest.isZero() && unsigned(digest.bytes().reverse()).compareTo(target) < 0,
        RejectionCode.HIGH_HASH,
        digest.toReversedHex());
  }

  private static Outcome work(BlockHeader header) {
    return Outcome.check(
        new HeaderRules(BitcoinNetworks.BITCOIN_MAINNET).hasProofOfWork(header),
        RejectionCode.HIGH_HASH,
        header.toString());
  }

  private static Outcome parent(JsonNode each) {
    JsonNode input = VectorJson.field(each, "input");
    return Outcome.check(
        Checks.header(input, "header").previous().bytes().equals(VectorJson.hex(input, "prevHash")),
        RejectionCode.BAD_PREV,
        "another parent");
  }

  private static Outcome chain(Bytes all) {
    if (all.size() % BlockHeader.SIZE != 0) {
      return Outcome.rejected(RejectionCode.MALFORMED, all.size() + " bytes");
    }
    Optional<BlockHeader> before = Optional.empty();
    for (int at = 0; at < all.size(); at += BlockHeader.SIZE) {
      BlockHeader header = BlockHeader.of(all.slice(at, at + BlockHeader.SIZE));
      if (before.isPresent() && !before.get().id().equals(header.previous())) {
        return Outcome.rejected(RejectionCode.BAD_PREV, header.toString());
      }
      Outcome work = work(header);
      if (!work.accepted()) {
        return work;
      }
      before = Optional.of(header);
    }
    return Outcome.ok();
  }

  /** The output is the sum of the headers' difficulties, rounded down each. */
  private static Outcome chainDifficulty(JsonNode each) {
    Bytes all = input(each);
    Outcome outcome = chain(all);
    BigInteger limit = CompactTarget.decode(0x1d00_ffffL).orElseThrow();
    BigInteger sum = BigInteger.ZERO;
    for (int at = 0; at < all.size() && outcome.accepted(); at += BlockHeader.SIZE) {
      long bits = BlockHeader.of(all.slice(at, at + BlockHeader.SIZE)).bits();
      sum = sum.add(limit.divide(CompactTarget.decode(bits).orElseThrow()));
    }
    return Checks.after(outcome)
        .same("difficulty", VectorJson.integer(each, "output"), sum)
        .outcome();
  }
}
