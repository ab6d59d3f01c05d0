package dev.trestle.dist.refusal;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.lightclient.Claim;
import dev.trestle.relay.ledger.tx.TransactionBody.OpenTransfer;
import dev.trestle.sdk.Api;

/** Real deposits of real transfers, opened over the gateway. */
final class Deposits {
  static final Amount AMOUNT = Amount.of(10_000_000);

  private final Scene scene;

  Deposits(Scene scene) {
    this.scene = scene;
  }

  /**
   * A transfer that was paid.
   *
   * @param proof of the deposit, as the chain's node gives it
   */
  record Deposit(Hash32 transferId, Claim proof) {}

  /** Opens a transfer that nobody has paid. */
  Hash32 open(String idempotencyKey) {
    return Hash32.fromHex(opened(idempotencyKey).id());
  }

  private Api.Transfer opened(String idempotencyKey) {
    return scene
        .rest()
        .post("/v1/transfers", request(), "Idempotency-Key", idempotencyKey)
        .accepted(201)
        .as(Api.Transfer.class);
  }

  /** A transfer to an address of the scene. */
  Api.TransferRequest request() {
    return new Api.TransferRequest(
        scene.route().id(),
        scene.key("recipient").publicKey().evmAddress().checksummed(),
        AMOUNT.toString(),
        scene.key("refund").publicKey().xOnly().toHex());
  }

  /** The same request past every gateway, under a key of its own. */
  OpenTransfer asTransaction(Amount amount) {
    Bytes recipient = EvmAddress.parse(request().recipient()).bytes();
    return new OpenTransfer(
        Hash32.fromHex(scene.route().id()),
        new Hash32(Bytes.concat(Bytes.wrap(new byte[12]), recipient)),
        amount,
        scene.key("refund").publicKey().xOnly(),
        scene.network().genesis().parameters().minRefundDelay(),
        Digests.sha256(Bytes.utf8("past every gateway")));
  }

  /**
   * Opens and pays, and mines the deposit's block, which the validators then know. The miner must
   * be paused: the deposit has one confirmation of the two that it needs.
   */
  Deposit pay(String idempotencyKey) {
    Api.Transfer transfer = opened(idempotencyKey);
    ChainAdapter bitcoin = scene.chain(Devnet.BITCOIN);
    SignedTransaction payment =
        await(
            bitcoin
                .transactions()
                .preparePayment(
                    scene.network().faucet(Devnet.BITCOIN), transfer.deposit().address(), AMOUNT));
    await(bitcoin.transactions().broadcast(payment.raw()));
    scene.mine(1);
    return new Deposit(
        Hash32.fromHex(transfer.id()), await(bitcoin.evidence().transaction(payment.id())));
  }

  String status(Deposit deposit) {
    return scene.hub().transfer(deposit.transferId().toHex()).status();
  }

  /** Waits until the wrapped tokens of a deposit are there. */
  Api.Transfer awaitSettled(Deposit deposit) {
    return scene.until(
        "settlement of transfer " + deposit.transferId(),
        () -> scene.hub().transfer(deposit.transferId().toHex()),
        transfer -> transfer.status().equals("settled"));
  }
}
