package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.FabricRules.Namespace;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.policy.Signers;
import dev.trestle.lightclient.fabric.protos.ChannelHeader;
import dev.trestle.lightclient.fabric.protos.EndorsedAction;
import dev.trestle.lightclient.fabric.protos.Endorsement;
import dev.trestle.lightclient.fabric.protos.Invocation;
import dev.trestle.lightclient.fabric.protos.ProposalResponse;
import dev.trestle.lightclient.fabric.protos.ReadSet;
import dev.trestle.lightclient.fabric.protos.SignatureHeader;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Proof of what stands under a key: peers' answer to a proposal that reads it. Encoding: {@code u8
 * version = 1 | bytes channelHeader | bytes signatureHeader | bytes proposal | bytes response |
 * list of (bytes endorser | bytes signature)}, all in Fabric's own form.
 *
 * <p>The answer counts if the proposal calls the namespace's reading function on this channel with
 * the key as its only argument, the response is to this very proposal and a success, nothing is
 * written, and the endorsers meet the namespace's policy. <b>Whom that trusts:</b> as many peers as
 * the endorsement policy names, because orderers sign neither the state nor which transactions were
 * valid. The height comes from the versions that were read: a value holds from the block that wrote
 * it to the highest block that any read shows; a chaincode that reads a key which changes often
 * makes younger heights provable.
 *
 * <p>Reasons: {@code malformed}, {@code transaction-type}, {@code wrong-channel}, {@code
 * wrong-chaincode}, {@code transaction-id}, {@code proposal-hash}, {@code response-status}, {@code
 * path-mismatch} (another function or key, or the key was not read), {@code value-mismatch}
 * (another value, none, or one where none is claimed), {@code stale-height} (the answer does not
 * reach the block), {@code unknown-height} (the value was written after it), those of {@link
 * Signers} and {@code endorsement-policy}.
 *
 * <p>Fabric {@code peer/proposal_response.proto}, {@code ledger/rwset/kvrwset/kv_rwset.proto}.
 */
public record EndorsedRead(
    Bytes channelHeader,
    Bytes signatureHeader,
    Bytes proposal,
    Bytes response,
    List<Endorsement> endorsements) {
  private static final int MAX_SIZE = 200_000;

  public EndorsedRead {
    endorsements = List.copyOf(endorsements);
  }

  /**
   * @throws DecodeException if it is no such proof
   */
  public static EndorsedRead decode(Bytes encoded) {
    return Messages.decode(encoded, EndorsedRead::read);
  }

  private static EndorsedRead read(CanonicalReader in) {
    return new EndorsedRead(
        in.bytes(MAX_SIZE),
        in.bytes(MAX_SIZE),
        in.bytes(MAX_SIZE),
        in.bytes(MAX_SIZE),
        in.list(Endorsement.MAX, Endorsement::read));
  }

  public Bytes encode() {
    CanonicalWriter out = Messages.begin().bytes(channelHeader).bytes(signatureHeader);
    out.bytes(proposal).bytes(response);
    return out.list(endorsements, (to, each) -> each.write(to)).toBytes();
  }

  /**
   * Whether {@code value} stands under the path, or nothing if it is empty. Everything but the
   * signatures.
   *
   * @param channel name of the channel
   */
  Verdict<EndorsedRead> says(
      FabricPath path, Optional<Bytes> value, String channel, Namespace namespace) {
    try {
      ProposalResponse answer = ProposalResponse.decode(response);
      return asked(path, answer, channel, namespace)
          .then(same -> answered(path, value, answer))
          .then(same -> Verdict.accept(this));
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  private Verdict<ProposalResponse> asked(
      FabricPath path, ProposalResponse answer, String channel, Namespace namespace) {
    ChannelHeader header = ChannelHeader.decode(channelHeader);
    if (header.type() != ChannelHeader.ENDORSER_TRANSACTION) {
      return Verdict.reject(FabricCode.TRANSACTION_TYPE, "type " + header.type());
    }
    if (!header.channel().equals(channel)) {
      return Verdict.reject(FabricCode.WRONG_CHANNEL, header.channel());
    }
    Invocation call = Invocation.decode(proposal);
    if (!List.of(header.chaincode(), call.chaincode(), answer.chaincode()).stream()
        .allMatch(namespace.name()::equals)) {
      return Verdict.reject(FabricCode.WRONG_CHAINCODE, answer.chaincode());
    }
    if (!SignatureHeader.decode(signatureHeader).transactionId().equals(header.transactionId())) {
      return Verdict.reject(FabricCode.TRANSACTION_ID, header.transactionId());
    }
    Bytes hash = EndorsedAction.proposalHash(channelHeader, signatureHeader, proposal).bytes();
    if (!answer.proposalHash().equals(hash)) {
      return Verdict.reject(FabricCode.PROPOSAL_HASH, "the answer is to something else");
    }
    List<Bytes> wanted = List.of(Bytes.utf8(namespace.function()), Bytes.utf8(path.key()));
    return call.arguments().equals(wanted)
        ? Verdict.accept(answer)
        : Verdict.reject(RejectionCode.PATH_MISMATCH, "another call");
  }

  private static Verdict<ProposalResponse> answered(
      FabricPath path, Optional<Bytes> value, ProposalResponse answer) {
    if (answer.status() != ProposalResponse.OK) {
      return Verdict.reject(FabricCode.RESPONSE_STATUS, "status " + answer.status());
    }
    ReadSet reads = ReadSet.decode(answer.results());
    Optional<ReadSet.Read> read = reads.of(path.namespace(), path.key());
    if (read.isEmpty()) {
      return Verdict.reject(RejectionCode.PATH_MISMATCH, "the key was not read");
    }
    OptionalLong written = read.get().block();
    if (written.isPresent() != value.isPresent()
        || !answer.payload().equals(value.orElse(Bytes.EMPTY))) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "something else stands there");
    }
    if (reads.atLeast().isEmpty() || reads.atLeast().getAsLong() < path.block()) {
      return Verdict.reject(RejectionCode.STALE_HEIGHT, "not known to reach " + path.block());
    }
    return written.isPresent() && written.getAsLong() > path.block()
        ? Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "written in " + written.getAsLong())
        : Verdict.accept(answer);
  }

  /** Whether enough peers signed the answer; every signature must count. */
  Verdict<List<Identity>> endorsed(Namespace namespace, Signers signers) {
    return signers
        .all(TransactionRules.endorsements(response, endorsements))
        .then(
            all ->
                namespace.decoded().isMetBy(all)
                    ? Verdict.accept(all)
                    : Verdict.reject(FabricCode.ENDORSEMENT_POLICY, all.size() + " endorsements"));
  }
}
