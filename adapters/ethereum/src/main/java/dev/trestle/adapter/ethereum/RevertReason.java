package dev.trestle.adapter.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Says in words why a contract refused a call. */
final class RevertReason {
  private static final Bytes ERROR = selector("Error(string)");
  private static final Bytes PANIC = selector("Panic(uint256)");
  private static final int MAX_TEXT = 200;
  private static final SortedMap<Bytes, String> KNOWN = known();

  private RevertReason() {}

  /**
   * For example {@code NotExpired(1800000000)} or {@code reverted: blocked}; hex where it is not
   * one of our contracts' errors.
   */
  static String of(Bytes returned) {
    if (returned.size() < 4) {
      return "reverted without a reason";
    }
    Bytes selector = returned.slice(0, 4);
    Bytes arguments = returned.slice(4, returned.size());
    if (selector.equals(ERROR)) {
      return "reverted: " + text(arguments).orElse("0x" + arguments.toHex());
    }
    if (selector.equals(PANIC)) {
      return "panic 0x" + new BigInteger(1, arguments.toArray()).toString(16);
    }
    return Optional.ofNullable(KNOWN.get(selector))
        .map(signature -> named(signature, arguments))
        .orElse("reverted: " + returned);
  }

  private static String named(String signature, Bytes arguments) {
    String name = signature.substring(0, signature.indexOf('('));
    String types = signature.substring(name.length() + 1, signature.length() - 1);
    List<String> each = types.isEmpty() ? List.of() : List.of(types.split(","));
    if (arguments.size() != 32 * each.size()) {
      return name;
    }
    List<String> values =
        Stream.iterate(0, i -> i < each.size(), i -> i + 1)
            .map(i -> value(each.get(i), arguments.slice(32 * i, 32 * i + 32)))
            .toList();
    return name + "(" + String.join(", ", values) + ")";
  }

  private static String value(String type, Bytes word) {
    if (type.startsWith("uint")) {
      return new BigInteger(1, word.toArray()).toString();
    }
    return "0x" + (type.equals("address") ? word.slice(12, 32) : word).toHex();
  }

  private static Optional<String> text(Bytes arguments) {
    if (arguments.size() < 64) {
      return Optional.empty();
    }
    BigInteger length = new BigInteger(1, arguments.slice(32, 64).toArray());
    if (length.compareTo(BigInteger.valueOf(arguments.size() - 64L)) > 0) {
      return Optional.empty();
    }
    int shown = Math.min(length.intValueExact(), MAX_TEXT);
    String text = new String(arguments.slice(64, 64 + shown).toArray(), StandardCharsets.UTF_8);
    return Optional.of(text.replaceAll("\\p{Cntrl}", "?"));
  }

  private static SortedMap<Bytes, String> known() {
    TreeMap<Bytes, String> errors = new TreeMap<>();
    Stream.of(
            ContractArtifact.RELAY_LIGHT_CLIENT,
            ContractArtifact.BRIDGE,
            ContractArtifact.WRAPPED_ASSET,
            ContractArtifact.HTLC)
        .flatMap(artifact -> artifact.errors().stream())
        .forEach(signature -> errors.put(selector(signature), signature));
    return errors;
  }

  private static Bytes selector(String signature) {
    return Digests.keccak256(Bytes.utf8(signature)).bytes().slice(0, 4);
  }
}
