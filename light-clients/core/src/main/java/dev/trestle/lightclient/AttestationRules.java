package dev.trestle.lightclient;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import java.util.List;
import java.util.SortedMap;

/**
 * How a committee vouches for headers of a chain whose consensus is not verified, for whoever
 * collects the members' signatures until they suffice. Pure. Members, threshold and epoch come from
 * the client's state and never from the caller; what {@link #compose} returns still has to pass
 * {@link LightClient#verify}.
 */
public interface AttestationRules {
  /**
   * Reads a header and says what members sign for it. Rejects malformed headers, headers below the
   * anchor and a client that is not initialised or frozen. A header that the client knows already
   * is ignored.
   *
   * @param header in the raw form that the chain's adapter delivers
   */
  Verdict<Target> target(ClientView view, Bytes header);

  /**
   * The number of the member whose signature over {@code header} this is; rejects everything else.
   * Costs one signature check.
   */
  Verdict<Integer> signer(ClientView view, Bytes header, EcdsaSignature signature);

  /**
   * The message for {@link LightClient#verify} from the signatures of distinct members, by member
   * number; {@link Verdict.Later} with {@link RejectionCode#QUORUM_LOW} while there are too few.
   * Every signature is checked, so that one bad entry is named here and does not spoil the message.
   */
  Verdict<Bytes> compose(
      ClientView view, Bytes header, SortedMap<Integer, EcdsaSignature> signatures);

  /**
   * The state of a client that trusts another committee from now on, and the old one no more; who
   * may ask for it is the ledger's business. Rejects a client that is not initialised or frozen,
   * and an epoch that is not later.
   *
   * @param members attestation keys by member number
   */
  Verdict<ClientDelta> handOver(
      ClientView view, long epoch, List<PublicKey> members, int threshold);

  /**
   * What members are asked to sign.
   *
   * @param header the block
   * @param digest what each member signs
   * @param epoch of the committee
   * @param members how many there are
   * @param threshold how many must sign
   */
  record Target(HeaderRef header, Hash32 digest, long epoch, int members, int threshold) {}
}
