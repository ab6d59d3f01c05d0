package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.X509PublicKey;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a signature covers ({@code Crypto.doVerify}, {@code Crypto.originalSignedHash}).
 *
 * <p>Corda {@code SignableData.kt}, {@code SignatureMetadata.kt}.
 */
public final class SignedId {
  private SignedId() {}

  /**
   * The hash that was signed: the transaction's identifier, or the root of the batch that includes
   * it and nothing else.
   */
  public static Verdict<Hash32> of(Hash32 id, Optional<PartialTree> batch) {
    if (batch.isEmpty()) {
      return Verdict.accept(id);
    }
    List<Hash32> included = new ArrayList<>();
    Hash32 root = batch.get().root(included);
    return included.equals(List.of(id))
        ? Verdict.accept(root)
        : Verdict.reject(CordaCode.BATCH_TREE, "the batch does not include this transaction alone");
  }

  /** Rejects with {@code bad-signature} or {@code batch-tree}; accepts what was signed. */
  public static Verdict<Hash32> verify(
      X509PublicKey key,
      SignableForm form,
      Hash32 id,
      Optional<PartialTree> batch,
      Bytes signature) {
    return of(id, batch)
        .then(
            signed ->
                form.scheme().verify(key, form.message(signed), signature)
                    ? Verdict.accept(signed)
                    : Verdict.reject(RejectionCode.BAD_SIGNATURE, "of " + id));
  }
}
