package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.KeyAggregate;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import dev.trestle.lightclient.bitcoin.script.ScriptBuilder;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.List;
import java.util.Optional;

/**
 * A hash-time-lock as a Taproot output (BIP-341). The internal key is the MuSig2 aggregate
 * (BIP-327) of the refunder's and the claimer's key, in this order: together they spend it as they
 * like, with one signature. Alone, each has a leaf:
 *
 * <pre>
 * claim:  SIZE 32 EQUALVERIFY SHA256 hash EQUALVERIFY claimer CHECKSIGVERIFY 1 CHECKSEQUENCEVERIFY
 * refund: refunder CHECKSIGVERIFY expiry CHECKLOCKTIMEVERIFY
 * </pre>
 *
 * <p>The size check keeps out a preimage that the other chain cannot take. One block of relative
 * lock time (BIP-112) keeps the claimer from hanging transactions on an unconfirmed lock, with
 * which the refunder could be kept from replacing it. The hash has all 256 bits, not the 160 of
 * HASH160: who chooses the secret could look for two with one short hash (2^80 work), and show the
 * other chain's party the wrong one; the difference is three virtual bytes of a claim by leaf.
 *
 * @param keys with the tweak of the leaves
 */
record TaprootLock(
    Hash32 hash,
    PublicKey claimer,
    PublicKey refunder,
    long expirySeconds,
    KeyAggregate keys,
    TaprootOutput output)
    implements LockContract {
  /** Bytes of the claim's leaf. */
  static final int CLAIM_SIZE = 75;

  /** Bytes of the refund's leaf. */
  static final int REFUND_SIZE = 40;

  /** Bytes of either control block: its first byte, the internal key and the other leaf's hash. */
  static final int CONTROL_SIZE = 65;

  /** What the terms lock, if this network can express them. */
  static Verdict<TaprootLock> of(HtlcTerms terms, UtxoNetwork network) {
    return LockContract.check(terms, network).then(TaprootLock::ofChecked);
  }

  private static Verdict<TaprootLock> ofChecked(HtlcTerms terms) {
    PublicKey claimer;
    PublicKey refunder;
    try {
      claimer = new PublicKey(terms.claimer());
      refunder = new PublicKey(terms.refunder());
    } catch (IllegalArgumentException e) {
      return Verdict.reject(AdapterError.INVALID_ADDRESS, String.valueOf(e.getMessage()));
    }
    if (claimer.xOnly().equals(refunder.xOnly())) {
      // leaves know keys by x alone: one secret would open both
      return Verdict.reject(AdapterError.INVALID_ADDRESS, "claimer and refunder are one");
    }
    return KeyAggregate.of(List.of(refunder, claimer))
        .then(
            plain -> {
              TapTree tree =
                  new TapTree.Branch(
                      claimLeaf(terms.hash(), claimer),
                      refundLeaf(refunder, terms.expirySeconds()));
              TaprootOutput output = TaprootOutput.of(plain.xOnly(), Optional.of(tree));
              Hash32 tweak = TaprootOutput.tweak(plain.xOnly(), Optional.of(tree.hash()));
              return plain
                  .tweakedXOnly(tweak)
                  .then(
                      keys ->
                          Verdict.accept(
                              new TaprootLock(
                                  terms.hash(),
                                  claimer,
                                  refunder,
                                  terms.expirySeconds(),
                                  keys,
                                  output)));
            });
  }

  /** Whether a script and a control block are as long as those of a lock: told before any work. */
  static boolean isShape(Bytes script, Bytes controlBlock) {
    return controlBlock.size() == CONTROL_SIZE
        && (script.size() == CLAIM_SIZE || script.size() == REFUND_SIZE);
  }

  private static TapTree.Leaf claimLeaf(Hash32 hash, PublicKey claimer) {
    return TapTree.Leaf.of(
        new ScriptBuilder()
            .op(Opcode.OP_SIZE)
            .number(Hash32.SIZE)
            .op(Opcode.OP_EQUALVERIFY)
            .op(Opcode.OP_SHA256)
            .push(hash)
            .op(Opcode.OP_EQUALVERIFY)
            .push(claimer.xOnly())
            .op(Opcode.OP_CHECKSIGVERIFY)
            .number(1)
            .op(Opcode.OP_CHECKSEQUENCEVERIFY)
            .build());
  }

  private static TapTree.Leaf refundLeaf(PublicKey refunder, long expirySeconds) {
    return TapTree.Leaf.of(
        new ScriptBuilder()
            .push(refunder.xOnly())
            .op(Opcode.OP_CHECKSIGVERIFY)
            .number(expirySeconds)
            .op(Opcode.OP_CHECKLOCKTIMEVERIFY)
            .build());
  }

  TapTree.Leaf claimLeaf() {
    return claimLeaf(hash, claimer);
  }

  TapTree.Leaf refundLeaf() {
    return refundLeaf(refunder, expirySeconds);
  }

  Bytes controlBlock(TapTree.Leaf leaf) {
    return output.controlBlock(leaf).orElseThrow();
  }

  @Override
  public Bytes outputScript() {
    return output.script();
  }

  /** The internal key, then both leaves, each behind its length. */
  @Override
  public Bytes detail() {
    return new WireWriter()
        .hash(output.internalKey())
        .bytes(claimLeaf().script())
        .bytes(refundLeaf().script())
        .toBytes();
  }

  @Override
  public SignedTransaction claim(
      HtlcSigner signer,
      HtlcSigner.Lock lock,
      Hash32 preimage,
      SecretKey claimer,
      HtlcSigner.Fees fees) {
    return TaprootSigner.claim(signer, this, lock, preimage, claimer, fees);
  }

  @Override
  public SignedTransaction refund(
      HtlcSigner signer, HtlcSigner.Lock lock, SecretKey refunder, HtlcSigner.Fees fees) {
    return TaprootSigner.refund(signer, this, lock, refunder, fees);
  }
}
