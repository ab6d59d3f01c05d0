package dev.trestle.dist.replay;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.bitcoin.TaprootCustody;
import java.util.List;

/** What the committee signs to move coins. */
final class Custody {
  private static final TaprootCustody RULES = new TaprootCustody();
  private static final int DELAY = 144;

  private Custody() {}

  private static CustodyRules.Committee committee(Context c) {
    return new CustodyRules.Committee(
        c.epochNumber(), c.keys().stream().map(key -> key.publicKey().xOnly()).toList(), 3);
  }

  /** A coin of a transfer of this hub, paid out on its own chain. */
  private static CustodyRules.ReleasePlan plan(Context c) {
    Hash32 transfer = Context.hash(c.hubId().toHex() + c.subject().toHex());
    CustodyRules.DepositLock lock =
        RULES
            .depositLock(
                c.chainId(),
                committee(c),
                new CustodyRules.DepositTerms(
                    transfer, Context.HERE.key().publicKey().xOnly(), DELAY))
            .orThrow();
    Bytes script = RULES.restingLock(c.chainId(), committee(c)).script();
    return RULES
        .plan(
            c.chainId(),
            committee(c),
            List.of(new CustodyRules.Coin(Context.hash("a coin"), 0, Amount.of(1_000_000), lock)),
            new CustodyRules.Payout(transfer, script, Amount.of(500_000)),
            2)
        .orThrow();
  }

  /** By the first member; members keep their numbers, not their keys, from epoch to epoch. */
  static SignedObject release() {
    return SignedObject.of(
        "release",
        (signed, presented) -> {
          SecretKey key = signed.key();
          List<SchnorrSignature> signatures =
              RULES.signingDigests(committee(signed), plan(signed)).stream()
                  .map(digest -> Secp256k1.instance().signSchnorr(digest, key, Hash32.ZERO))
                  .toList();
          return RULES.verifySignatures(committee(presented), plan(presented), 0, signatures);
        });
  }
}
