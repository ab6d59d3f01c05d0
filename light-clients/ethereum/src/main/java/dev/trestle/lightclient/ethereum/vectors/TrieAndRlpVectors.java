package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The TrieTests and RLPTests of ethereum/tests. */
final class TrieAndRlpVectors {
  private TrieAndRlpVectors() {}

  /** One case a named test; empty if the file has another form. */
  static List<VectorCase> cases(VectorFile file) {
    JsonNode json = file.json();
    List<VectorCase> cases = new ArrayList<>();
    if (!json.isObject()) {
      return cases;
    }
    boolean secure = file.name().toLowerCase(Locale.ROOT).contains("secure");
    for (String name : json.propertyNames()) {
      JsonNode test = json.get(name);
      if (VectorJson.hasFields(test, "in", "root")) {
        cases.add(new VectorCase(name, Expected.ACCEPT, () -> trie(test, secure)));
      } else if (VectorJson.hasFields(test, "in", "tests")) {
        cases.add(new VectorCase(name, Expected.ACCEPT, () -> neighbours(test)));
      } else if (VectorJson.hasFields(test, "in", "out")) {
        boolean valid = !test.get("in").asString("").equals("INVALID");
        cases.add(new VectorCase(name, Expected.of(valid), () -> rlp(test)));
      }
    }
    return cases;
  }

  /** Builds the trie, compares its root, and proves every entry against it. */
  private static Outcome trie(JsonNode test, boolean secure) {
    TreeMap<Bytes, Bytes> entries = new TreeMap<>();
    JsonNode in = VectorJson.field(test, "in");
    if (in.isArray()) {
      for (JsonNode pair : VectorJson.list(in)) {
        put(entries, pair.get(0).asString(), pair.get(1), secure);
      }
    } else {
      for (String key : in.propertyNames()) {
        put(entries, key, in.get(key), secure);
      }
    }
    MerklePatriciaTrie trie = new MerklePatriciaTrie(entries);
    Hash32 root = BeaconJson.hash(test, "root");
    if (!trie.root().equals(root)) {
      return Outcome.rejected(RejectionCode.ROOT_MISMATCH, "root " + trie.root());
    }
    boolean proved = entries.entrySet().stream().allMatch(entry -> proves(trie, root, entry));
    return Outcome.check(proved, RejectionCode.VALUE_MISMATCH, "an entry does not prove");
  }

  private static boolean proves(
      MerklePatriciaTrie trie, Hash32 root, Map.Entry<Bytes, Bytes> entry) {
    return MptProof.lookup(root, entry.getKey(), trie.prove(entry.getKey()))
        .equals(dev.trestle.base.Verdict.accept(Optional.of(entry.getValue())));
  }

  private static void put(Map<Bytes, Bytes> entries, String key, JsonNode value, boolean secure) {
    Bytes raw = bytes(key);
    Bytes at = secure ? Digests.keccak256(raw).bytes() : raw;
    if (value.isNull() || value.asString().isEmpty()) {
      entries.remove(at);
    } else {
      entries.put(at, bytes(value.asString()));
    }
  }

  /** Hex where it begins with 0x, else the text itself. */
  private static Bytes bytes(String text) {
    if (!text.startsWith("0x")) {
      return Bytes.utf8(text);
    }
    try {
      return Bytes.fromHex(text);
    } catch (IllegalArgumentException e) {
      throw new DecodeException("not hex: " + text);
    }
  }

  /** Rows of key, the key before and the key after; empty where there is none. */
  private static Outcome neighbours(JsonNode test) {
    TreeMap<Bytes, Boolean> keys = new TreeMap<>();
    VectorJson.list(test, "in").forEach(key -> keys.put(bytes(key.asString()), true));
    for (JsonNode row : VectorJson.list(test, "tests")) {
      Bytes key = bytes(row.get(0).asString());
      Bytes before = Optional.ofNullable(keys.lowerKey(key)).orElse(Bytes.EMPTY);
      Bytes after = Optional.ofNullable(keys.higherKey(key)).orElse(Bytes.EMPTY);
      if (!before.equals(bytes(row.get(1).asString()))
          || !after.equals(bytes(row.get(2).asString()))) {
        return Outcome.rejected(RejectionCode.VALUE_MISMATCH, "neighbours of " + key);
      }
    }
    return Outcome.ok();
  }

  private static Outcome rlp(JsonNode test) {
    Bytes encoded = VectorJson.hex(test, "out");
    RlpItem decoded;
    try {
      decoded = Rlp.decode(encoded);
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    JsonNode in = test.get("in");
    boolean content = (in.isString() && in.asString().equals("VALID")) || decoded.equals(item(in));
    return Outcome.check(
        content && Rlp.encode(decoded).equals(encoded),
        RejectionCode.VALUE_MISMATCH,
        "decodes to something else");
  }

  private static RlpItem item(JsonNode in) {
    if (in.isArray()) {
      return RlpItem.of(VectorJson.list(in).stream().map(TrieAndRlpVectors::item).toList());
    }
    if (in.isIntegralNumber()) {
      return RlpItem.of(new BigInteger(in.asString()));
    }
    String text = in.asString();
    return text.startsWith("#")
        ? RlpItem.of(new BigInteger(text.substring(1)))
        : RlpItem.of(bytes(text));
  }
}
