package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.regex.Pattern;

/**
 * Keeps signatures and hashes made for one purpose from being used for another: {@code
 * TRESTLE/<module>/<purpose>/v<n>}. The 32-byte form, keccak256 of the text, stands first in
 * whatever is hashed.
 */
public record DomainTag(String text) {
  private static final Pattern GRAMMAR = Pattern.compile("TRESTLE/[a-z-]+/[a-z-]+/v[0-9]+");

  public DomainTag {
    if (!GRAMMAR.matcher(text).matches()) {
      throw new IllegalArgumentException("not a domain tag: " + text);
    }
  }

  public static DomainTag of(String module, String purpose, int version) {
    return new DomainTag("TRESTLE/" + module + "/" + purpose + "/v" + version);
  }

  /** keccak256 of the ASCII text; contracts hold the same constant. */
  public Hash32 hash() {
    return Digests.keccak256(Bytes.utf8(text));
  }
}
