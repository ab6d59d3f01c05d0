package dev.trestle.relay.consensus;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;

/** A statement, who claims to have signed it, and the signature. Not verified by itself. */
public record SignedStatement(Statement statement, EvmAddress signer, EcdsaSignature signature) {
  /** Whether the signature recovers to {@code signer}; this is what contracts check. */
  public boolean isSigned(Hash32 chainId) {
    return isSigned(chainId, Rules.QBFT);
  }

  boolean isSigned(Hash32 chainId, Rules rules) {
    return rules.signed(signature, rules.digest(statement, chainId), signer);
  }

  void write(CanonicalWriter out) {
    statement.write(out);
    out.fixed(signer.bytes()).fixed(signature.bytes());
  }

  static SignedStatement read(CanonicalReader in) {
    return new SignedStatement(
        Statement.read(in),
        new EvmAddress(in.fixed(EvmAddress.SIZE)),
        new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)));
  }
}
