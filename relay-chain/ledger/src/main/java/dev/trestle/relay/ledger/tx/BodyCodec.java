package dev.trestle.relay.ledger.tx;

import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.lightclient.Claim;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.FactAttestations;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.PolicyTerms;
import dev.trestle.relay.ledger.record.SwapTerms;
import java.util.List;

/** {@code u8 type | fields in the order of the record}. */
final class BodyCodec {
  private static final int MAX_CHAIN = 41;
  private static final int MAX_ASSET = 180;
  private static final int MAX_NAME = 64;
  static final int MAX_ANCHOR = 65_536;
  private static final int MAX_CONTRACT = 128;
  static final int MAX_SAMPLE = 16_384;
  private static final int MAX_ACTION = 200_000;
  private static final int MAX_MESSAGE = 524_288;
  private static final int MAX_HEADER = 4_096;
  private static final int MAX_SCRIPT = 128;
  private static final int MAX_APPROVALS = 64;
  private static final int MAX_INPUTS = 64;
  private static final int MAX_RECEIPT = 128;

  private BodyCodec() {}

  static void write(CanonicalWriter out, TransactionBody body) {
    out.u8(type(body));
    switch (body) {
      case TransactionBody.RegisterChain b -> writeRegisterChain(out, b);
      case TransactionBody.UpdateClient(ChainId chain, Bytes message) ->
          out.text(chain.toString()).bytes(message);
      case TransactionBody.SubmitMisbehaviour(ChainId chain, Bytes evidence) ->
          out.text(chain.toString()).bytes(evidence);
      case TransactionBody.AttestHeader b ->
          out.text(b.chain().toString())
              .bytes(b.header())
              .u16(b.member())
              .fixed(b.signature().bytes());
      case TransactionBody.RegisterRoute b -> writeRegisterRoute(out, b);
      case TransactionBody.OpenTransfer b ->
          out.hash(b.routeId())
              .hash(b.recipient())
              .amount(b.amount())
              .hash(b.refundKey())
              .u32(b.refundDelay())
              .hash(b.idempotencyKey());
      case TransactionBody.SubmitDeposit b -> b.claim().write(out.hash(b.transferId()));
      case TransactionBody.SubmitAttestedDeposit b -> {
        b.claim().write(out.hash(b.transferId()));
        b.attestations().write(out);
      }
      case TransactionBody.SubmitMessage b -> b.claim().write(out.text(b.chain().toString()));
      case TransactionBody.SignRelease b ->
          out.hash(b.releaseId())
              .u16(b.member())
              .list(b.signatures(), (w, signature) -> w.fixed(signature.bytes()));
      case TransactionBody.SubmitRelease b -> b.claim().write(out.hash(b.releaseId()));
      case TransactionBody.AgreeSwap b -> {
        b.terms().write(out);
        out.fixed(b.initiator().compressed()).fixed(b.participant().compressed());
        out.fixed(b.initiatorSignature().bytes()).fixed(b.participantSignature().bytes());
      }
      case TransactionBody.Pause(PauseSubject subject) -> subject.write(out);
      case TransactionBody.Resume(PauseSubject subject, List<EcdsaSignature> approvals) -> {
        subject.write(out);
        writeApprovals(out, approvals);
      }
      case TransactionBody.ClaimRefund b ->
          out.hash(b.transferId()).bytes(b.script()).fixed(b.signature().bytes());
      case TransactionBody.PlanSweep b ->
          out.text(b.chain().toString()).hash(b.txId()).u32(b.outputIndex());
      case TransactionBody.SubmitTakeBack b -> b.claim().write(out.hash(b.transferId()));
      case TransactionBody.Propose(GovernanceAction action) -> out.bytes(action.encode());
      case TransactionBody.Vote(long proposal, Hash32 actionHash) ->
          out.u64(proposal).hash(actionHash);
      case TransactionBody.ExecuteProposal(long proposal) -> out.u64(proposal);
      case TransactionBody.ValidatorReady(long height) -> out.u64(height);
      case TransactionBody.TimeoutPacket b ->
          out.hash(b.packetId()).u64(b.height()).bytes(b.value()).bytes(b.proof());
    }
  }

  static int type(TransactionBody body) {
    return switch (body) {
      case TransactionBody.RegisterChain b -> 1;
      case TransactionBody.UpdateClient b -> 2;
      case TransactionBody.SubmitMisbehaviour b -> 3;
      case TransactionBody.AttestHeader b -> 4;
      case TransactionBody.RegisterRoute b -> 5;
      case TransactionBody.OpenTransfer b -> 6;
      case TransactionBody.SubmitDeposit b -> 7;
      case TransactionBody.SubmitMessage b -> 8;
      case TransactionBody.SignRelease b -> 9;
      case TransactionBody.SubmitRelease b -> 10;
      case TransactionBody.AgreeSwap b -> 11;
      case TransactionBody.Pause b -> 12;
      case TransactionBody.Resume b -> 13;
      case TransactionBody.ClaimRefund b -> 14;
      case TransactionBody.PlanSweep b -> 15;
      case TransactionBody.Propose b -> 16;
      case TransactionBody.Vote b -> 17;
      case TransactionBody.ExecuteProposal b -> 18;
      case TransactionBody.ValidatorReady b -> 19;
      case TransactionBody.TimeoutPacket b -> 20;
      case TransactionBody.SubmitAttestedDeposit b -> 21;
      case TransactionBody.SubmitTakeBack b -> 23;
    };
  }

  static TransactionBody read(CanonicalReader in) {
    int type = in.u8();
    return switch (type) {
      case 1 -> readRegisterChain(in);
      case 2 -> new TransactionBody.UpdateClient(chain(in), in.bytes(MAX_MESSAGE));
      case 3 -> new TransactionBody.SubmitMisbehaviour(chain(in), in.bytes(MAX_MESSAGE));
      case 4 ->
          new TransactionBody.AttestHeader(chain(in), in.bytes(MAX_HEADER), in.u16(), ecdsa(in));
      case 5 ->
          new TransactionBody.RegisterRoute(
              AssetId.parse(in.text(MAX_ASSET)),
              chain(in),
              in.bytes(MAX_CONTRACT),
              in.amount(),
              in.amount(),
              in.u64(),
              in.u64(),
              LaneTerms.read(in),
              PolicyTerms.read(in),
              approvals(in));
      case 6 ->
          new TransactionBody.OpenTransfer(
              in.hash(), in.hash(), in.amount(), in.hash(), refundDelay(in), in.hash());
      case 7 -> new TransactionBody.SubmitDeposit(in.hash(), Claim.read(in));
      case 8 -> new TransactionBody.SubmitMessage(chain(in), Claim.read(in));
      case 9 ->
          new TransactionBody.SignRelease(
              in.hash(), in.u16(), in.list(MAX_INPUTS, BodyCodec::schnorr));
      case 10 -> new TransactionBody.SubmitRelease(in.hash(), Claim.read(in));
      case 11 ->
          new TransactionBody.AgreeSwap(SwapTerms.read(in), key(in), key(in), ecdsa(in), ecdsa(in));
      case 12 -> new TransactionBody.Pause(PauseSubject.read(in));
      case 13 -> new TransactionBody.Resume(PauseSubject.read(in), approvals(in));
      case 14 -> new TransactionBody.ClaimRefund(in.hash(), in.bytes(MAX_SCRIPT), schnorr(in));
      case 15 -> new TransactionBody.PlanSweep(chain(in), in.hash(), in.u32());
      case 16 -> new TransactionBody.Propose(GovernanceAction.decode(in.bytes(MAX_ACTION)));
      case 17 -> new TransactionBody.Vote(in.u64(), in.hash());
      case 18 -> new TransactionBody.ExecuteProposal(in.u64());
      case 19 -> new TransactionBody.ValidatorReady(in.u64());
      case 20 ->
          new TransactionBody.TimeoutPacket(
              in.hash(), in.u64(), in.bytes(MAX_RECEIPT), in.bytes(Claim.MAX_PROOF));
      case 21 ->
          new TransactionBody.SubmitAttestedDeposit(
              in.hash(), Claim.read(in), FactAttestations.read(in));
      case 23 -> new TransactionBody.SubmitTakeBack(in.hash(), Claim.read(in));
      default -> throw new DecodeException("transaction type " + type);
    };
  }

  private static void writeRegisterChain(CanonicalWriter out, TransactionBody.RegisterChain b) {
    out.text(b.chain().toString()).text(b.name()).text(b.adapterId()).text(b.clientType());
    out.bytes(b.anchor()).u64(b.confirmations());
    out.optional(b.bridgeContract(), CanonicalWriter::bytes).bytes(b.sample());
    b.limits().write(out);
    writeApprovals(out, b.approvals());
  }

  private static TransactionBody readRegisterChain(CanonicalReader in) {
    return new TransactionBody.RegisterChain(
        chain(in),
        in.text(MAX_NAME),
        in.text(MAX_NAME),
        in.text(MAX_NAME),
        in.bytes(MAX_ANCHOR),
        in.u64(),
        in.optional(r -> r.bytes(MAX_CONTRACT)),
        in.bytes(MAX_MESSAGE),
        ChainLimits.read(in),
        approvals(in));
  }

  private static void writeRegisterRoute(CanonicalWriter out, TransactionBody.RegisterRoute b) {
    out.text(b.asset().toString()).text(b.destination().toString()).bytes(b.contract());
    out.amount(b.minTransfer()).amount(b.maxTransfer()).u64(b.feeRate()).u64(b.confirmations());
    b.lane().write(out);
    b.trust().write(out);
    writeApprovals(out, b.approvals());
  }

  private static void writeApprovals(CanonicalWriter out, List<EcdsaSignature> approvals) {
    out.list(approvals, (w, signature) -> w.fixed(signature.bytes()));
  }

  private static List<EcdsaSignature> approvals(CanonicalReader in) {
    return in.list(MAX_APPROVALS, BodyCodec::ecdsa);
  }

  static ChainId chain(CanonicalReader in) {
    return ChainId.parse(in.text(MAX_CHAIN));
  }

  private static int refundDelay(CanonicalReader in) {
    long delay = in.u32();
    if (delay > 0xffff) {
      throw new DecodeException("a BIP-68 delay has 16 bits");
    }
    return (int) delay;
  }

  private static PublicKey key(CanonicalReader in) {
    return new PublicKey(in.fixed(PublicKey.SIZE));
  }

  private static EcdsaSignature ecdsa(CanonicalReader in) {
    return new EcdsaSignature(in.fixed(EcdsaSignature.SIZE));
  }

  private static SchnorrSignature schnorr(CanonicalReader in) {
    return new SchnorrSignature(in.fixed(SchnorrSignature.SIZE));
  }
}
