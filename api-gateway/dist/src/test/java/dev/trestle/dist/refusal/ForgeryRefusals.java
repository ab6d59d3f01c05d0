package dev.trestle.dist.refusal;

import static dev.trestle.adapter.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.TransactionInclusion;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody.SubmitDeposit;
import dev.trestle.relay.ledger.tx.TransactionBody.SubmitMessage;
import dev.trestle.relay.ledger.tx.TransactionBody.UpdateClient;
import dev.trestle.sdk.Api;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Headers and proofs that are not what the chain has, or that were used before. */
abstract class ForgeryRefusals {
  /** Where the fields of a Bitcoin header begin, bits. */
  private static final int PARENT = 8 * 4;

  private static final int MERKLE_ROOT = 8 * 36;
  private static final int TARGET = 8 * 72;

  private final Scene scene = RefusalIT.scene();
  private final Deposits deposits = new Deposits(scene);

  @Test
  void headersWithOneBitChangedAndHeadersWithoutWorkAreRefused() {
    scene.withoutMiner(
        () -> {
          scene.mine(1);
          Bytes tip = await(scene.chain(Devnet.BITCOIN).headers().latest()).raw();
          scene.unchanged(
              () -> {
                scene.refused("bad-prev", update(Scene.flip(tip, PARENT)));
                scene.refused("bad-diffbits", update(Scene.flip(tip, TARGET)));
                scene.refused("high-hash", update(withoutWork(tip)));
                scene.refused("high-hash", update(tip, withoutWork(childOf(tip))));
                scene.refused("malformed", new UpdateClient(Devnet.BITCOIN, tip));
                scene.refused("unknown-chain", new UpdateClient(Devnet.LITECOIN, tip));
              });
          // the same header as the chain has it is what the validators took over
          scene.refused("nothing-new", update(tip));
          long height = scene.mine(1);
          assertThat(scene.hub().chain(Devnet.BITCOIN.toString()).client().height())
              .isEqualTo(height);
          HubState.requireHonestHeads(scene.network());
        });
  }

  private static UpdateClient update(Bytes... headers) {
    return new UpdateClient(
        Devnet.BITCOIN, new BitcoinFamily().client().encodeUpdate(List.of(headers)));
  }

  /** A header on top of {@code parent} that says the same as it otherwise. */
  private static Bytes childOf(Bytes parent) {
    return Bytes.concat(
        parent.slice(0, 4), Digests.sha256d(parent).bytes(), parent.slice(36, parent.size()));
  }

  /** The header with one bit of its Merkle root changed so that its hash misses the target. */
  private static Bytes withoutWork(Bytes header) {
    for (int bit = MERKLE_ROOT; bit < MERKLE_ROOT + 256; bit++) {
      Bytes changed = Scene.flip(header, bit);
      if (Digests.sha256d(changed).bytes().at(31) >= 0x80) { // over regtest's target
        return changed;
      }
    }
    throw new AssertionError("every second hash misses the target");
  }

  @Test
  void tamperedProofsOfADepositAreRefused() {
    Hash32 other = deposits.open("somebody else's");
    Deposits.Deposit[] paid = new Deposits.Deposit[1];
    scene.withoutMiner(
        () -> {
          Deposits.Deposit deposit = deposits.pay("tampered");
          paid[0] = deposit;
          scene.unchanged(() -> refuseTampered(deposit, other));
          assertThat(deposits.status(deposit)).isEqualTo("awaiting_deposit");
        });
    // the proof itself was good
    assertThat(deposits.awaitSettled(paid[0]).steps().getFirst().transaction()).isPresent();
  }

  private void refuseTampered(Deposits.Deposit deposit, Hash32 other) {
    Claim proof = deposit.proof();
    TransactionInclusion inclusion = TransactionInclusion.decode(proof.proof());
    MerkleBranch branch = inclusion.branch();
    Hash32 sibling = new Hash32(Scene.flip(branch.siblings().getFirst().bytes(), 0));
    submit(deposit, "root-mismatch", with(proof, inclusion, new MerkleBranch(1, List.of(sibling))));
    submit(
        deposit, "root-mismatch", with(proof, inclusion, new MerkleBranch(0, branch.siblings())));
    submit(
        deposit,
        "index-out-of-range",
        with(proof, inclusion, new MerkleBranch(3, branch.siblings())));
    submit(deposit, "branch-length", with(proof, inclusion, new MerkleBranch(0, List.of())));
    Bytes richer = Scene.flip(proof.value(), 8 * valueOffset(proof.value()));
    submit(deposit, "path-mismatch", new Claim(proof.path(), richer, proof.proof()));
    submit(
        deposit,
        "root-mismatch",
        new Claim(Digests.sha256d(richer).bytes(), richer, proof.proof()));
    submit(
        deposit,
        "not-in-best-chain",
        new Claim(proof.path(), proof.value(), Scene.flip(proof.proof(), 8)));
    submit(
        deposit,
        "bad-coinbase-proof",
        new Claim(
            proof.path(),
            proof.value(),
            new TransactionInclusion(
                    inclusion.block(), branch, proof.value(), inclusion.coinbaseSiblings())
                .encode()));
    submit(deposit, "malformed", new Claim(proof.path(), proof.value(), Bytes.utf8("trust me")));
    submit(deposit, "not-enough-confirmations", proof);
    scene.refused("unknown-transfer", new SubmitDeposit(Digests.sha256(), proof));
    assertThat(scene.hub().transfer(other.toHex()).status()).isEqualTo("awaiting_deposit");
  }

  private void submit(Deposits.Deposit deposit, String code, Claim proof) {
    scene.refused(code, new SubmitDeposit(deposit.transferId(), proof));
  }

  private static Claim with(Claim proof, TransactionInclusion inclusion, MerkleBranch branch) {
    return new Claim(
        proof.path(),
        proof.value(),
        new TransactionInclusion(
                inclusion.block(), branch, inclusion.coinbase(), inclusion.coinbaseSiblings())
            .encode());
  }

  /** Where the first output's amount stands in a transaction of one input without witness. */
  private static int valueOffset(Bytes transaction) {
    int script = 4 + 1 + 36;
    return script + 1 + transaction.at(script) + 4 + 1;
  }

  @Test
  void nothingIsProvedOrDeliveredTwice() {
    Deposits.Deposit[] paid = new Deposits.Deposit[1];
    scene.withoutMiner(() -> paid[0] = deposits.pay("replayed"));
    Deposits.Deposit deposit = paid[0];
    Api.Transfer settled = deposits.awaitSettled(deposit);
    Hash32 other = deposits.open("would like the same coins");
    Hash32 packetId = Hash32.fromHex(settled.packetId().orElseThrow());
    Claim receipt = receiptOf(packetId);
    scene.unchanged(
        () -> {
          scene.refused(
              "transfer-not-open", new SubmitDeposit(deposit.transferId(), deposit.proof()));
          scene.refused("not-paid", new SubmitDeposit(other, deposit.proof()));
          scene.refused("already-acknowledged", new SubmitMessage(Devnet.EVM, receipt));
          refusedByBridge("AlreadyExecuted(0x" + packetId.toHex(), delivery(packetId));
          PacketDelivery forged = richer(delivery(packetId));
          refusedByBridge("NotInOutbox", forged);
          refusedByBridge("QuorumTooLow(2, 4)", withTwoSignatures(forged));
        });
    assertThat(deposits.status(deposit)).isEqualTo("settled");
  }

  /** The proof of the bridge's word that it has executed a packet. */
  private Claim receiptOf(Hash32 packetId) {
    ChainAdapter evm = scene.chain(Devnet.EVM);
    long to = await(evm.headers().finalized()).ref().height();
    SourceEvent event =
        await(evm.messages().replay(bridge(), 0, to)).stream()
            .filter(each -> each.content().toHex().contains(packetId.toHex()))
            .findFirst()
            .orElseThrow();
    return await(evm.evidence().message(event));
  }

  private Bytes bridge() {
    return scene.network().contracts().bridge().bytes();
  }

  private PacketDelivery delivery(Hash32 packetId) {
    Api.PacketProof proof = scene.hub().packetProof(packetId);
    return new PacketDelivery(
        Bytes.fromHex(proof.header()),
        Bytes.fromHex(proof.certificate()),
        proof.validators().stream().map(EvmAddress::fromHex).toList(),
        Packet.decode(Bytes.fromHex(proof.packet())),
        proof.leafIndex(),
        proof.leafCount(),
        proof.siblings().stream().map(Hash32::fromHex).toList());
  }

  /** The same delivery of a packet that mints one token more. */
  private static PacketDelivery richer(PacketDelivery delivery) {
    Packet packet = delivery.packet();
    Packet.Payload payload = packet.payloads().getFirst();
    TransferPayload transfer = TransferPayload.decode(payload.value());
    TransferPayload more =
        new TransferPayload(
            transfer.assetId(),
            transfer.amount().plus(Amount.of(1)),
            transfer.recipient(),
            transfer.transferId());
    Packet forged =
        new Packet(
            packet.hubId(),
            packet.lane(),
            packet.sequence(),
            packet.policyHash(),
            packet.finality(),
            packet.timeout(),
            packet.fee(),
            packet.group(),
            List.of(
                new Packet.Payload(
                    payload.kind(),
                    payload.destinationPort(),
                    payload.encoding(),
                    payload.version(),
                    more.encode())));
    return new PacketDelivery(
        delivery.header(),
        delivery.certificate(),
        delivery.validators(),
        forged,
        delivery.leafIndex(),
        delivery.leafCount(),
        delivery.siblings());
  }

  private static PacketDelivery withTwoSignatures(PacketDelivery delivery) {
    CommitCertificate whole = CommitCertificate.decode(delivery.certificate()).orThrow();
    return new PacketDelivery(
        delivery.header(),
        SignatureRefusals.signedBy(whole, 0, 1).encode(),
        delivery.validators(),
        delivery.packet(),
        delivery.leafIndex(),
        delivery.leafCount(),
        delivery.siblings());
  }

  private void refusedByBridge(String error, PacketDelivery delivery) {
    PacketPort packets = scene.chain(Devnet.EVM).packets().orElseThrow();
    AdapterException refusal =
        catchThrowableOfType(
            AdapterException.class,
            () ->
                await(
                    packets.prepareDelivery(
                        bridge(), delivery, scene.network().files().key("gateway-evm"))));
    assertThat(refusal).as(error).isNotNull();
    assertThat(refusal.error()).isEqualTo(AdapterError.REJECTED_BY_CHAIN);
    assertThat(refusal).hasMessageContaining(error);
  }

  @Test
  void transactionsThatTheirSenderDidNotSignAreRefused() {
    Hash32 hubId = scene.network().genesis().chainId();
    UpdateClient body = new UpdateClient(Devnet.BITCOIN, Bytes.EMPTY);
    Transaction genuine = Transaction.sign(hubId, scene.key("honest sender"), 0, body);
    Transaction elsewhere = Transaction.sign(Digests.sha256(), scene.key("honest sender"), 0, body);
    Bytes encoded = genuine.encode();
    scene.unchanged(
        () -> {
          // bit 33 * 8 is in the sender's key, the last ones are in the signature
          refusedAsTransaction("bad-signature", Scene.flip(encoded, 8 * (encoded.size() - 40)));
          refusedAsTransaction("wrong-relay-chain", elsewhere.encode());
          refusedAsTransaction(
              "nonce-too-high",
              Transaction.sign(hubId, scene.key("honest sender"), 1_000, body).encode());
          scene
              .rest()
              .post("/v1/relay/transactions", new Api.RawTransaction("00"))
              .refused(422, "validation-failed");
        });
    scene.rest().post("/v1/relay/transactions", raw(encoded)).accepted(202);
    // its nonce is used up: the same bytes are known, others with this nonce come too late
    scene.until(
        "the transaction",
        () -> scene.rest().get("/v1/relay/transactions/" + genuine.id().toHex()),
        answer -> answer.status() == 200);
    scene.rest().post("/v1/relay/transactions", raw(encoded)).accepted(202);
    refusedAsTransaction(
        "nonce-used",
        Transaction.sign(
                hubId, scene.key("honest sender"), 0, new UpdateClient(Devnet.EVM, Bytes.EMPTY))
            .encode());
  }

  private static Api.RawTransaction raw(Bytes encoded) {
    return new Api.RawTransaction(encoded.toHex());
  }

  private void refusedAsTransaction(String code, Bytes encoded) {
    scene
        .rest()
        .post("/v1/relay/transactions", raw(encoded))
        .refused(422, "transaction-rejected", code);
  }
}
