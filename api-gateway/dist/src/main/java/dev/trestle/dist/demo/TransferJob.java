package dev.trestle.dist.demo;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.NativeIds;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.TransferParty;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;

/** Bitcoin to the EVM chain and back: locked and minted, burned and released. */
final class TransferJob {
  private static final String JOB = "transfer";
  private static final Amount FUNDS = Amount.of(100_000_000);
  private static final Amount SEND = Amount.of(30_000_000);

  /** The status of a transfer that ends well, in their order. */
  private static final List<String> WAY =
      List.of("awaiting_deposit", "deposit_credited", "delivering", "settled");

  private final Devnet network;
  private final Vertx vertx;
  private final DemoPrinter out;
  private final Runnable afterDeposit;

  /**
   * @param afterDeposit called once, when the deposit has been sent
   */
  TransferJob(Devnet network, Vertx vertx, DemoPrinter out, Runnable afterDeposit) {
    this.network = network;
    this.vertx = vertx;
    this.out = out;
    this.afterDeposit = afterDeposit;
  }

  /** Runs to the end; gives the transfer's id. */
  String settle() {
    List<dev.trestle.sdk.Chains.Entry> entries =
        List.of(network.bitcoinEntry(), network.evmEntry());
    try (Party carol = new Party(network, vertx, "carol", entries)) {
      carol.fundFromFaucet(Devnet.BITCOIN, FUNDS);
      carol.fundEvm();
      Waiting.until(
          "carol's coins",
          () -> carol.balance(Devnet.BITCOIN),
          balance -> !balance.isLessThan(FUNDS));
      printSupply("before");
      Hash32 transfer = mint(carol);
      Amount minted = wrapped(carol);
      printSupply("while minted");
      if (minted.isZero() || minted.isMoreThan(SEND)) {
        throw new DevnetException(minted + " minted for a deposit of " + SEND);
      }
      Amount released = release(carol, minted);
      printSupply("after");
      if (!wrapped(carol).isZero() || released.isZero() || released.isMoreThan(minted)) {
        throw new DevnetException(released + " released for a burn of " + minted);
      }
      out.note(JOB, "carol burned " + minted + " and was paid " + released + " satoshi, once");
      return transfer.toHex();
    }
  }

  private Hash32 mint(Party carol) {
    TransferParty party = carol.transfers();
    Api.Route route =
        network.hub().routes().stream()
            .filter(each -> each.kind().equals("transfer"))
            .findFirst()
            .orElseThrow(() -> new DevnetException("there is no transfer route"));
    TransferParty.Opened opened =
        party.open(
            route,
            carol.key(Devnet.EVM).publicKey().evmAddress(),
            SEND,
            carol.key("refund"),
            "demo-" + carol.address(Devnet.BITCOIN));
    out.note(JOB, "deposit address " + opened.lock().address() + " (computed by carol herself)");
    SignedTransaction deposit =
        party.deposit(opened, carol.chain(Devnet.BITCOIN), carol.key(Devnet.BITCOIN), SEND);
    out.step(JOB, "bitcoin", "deposit", NativeIds.of(Devnet.BITCOIN, deposit.id()), 0);
    afterDeposit.run();
    awaitStatus(opened.transferId(), "deposit_credited");
    out.note(JOB, "the validators verified the deposit by SPV");
    awaitStatus(opened.transferId(), "delivering");
    out.note(JOB, "the deposit is swept out of the depositor's reach, and its packet sent");
    awaitStatus(opened.transferId(), "settled");
    out.step(JOB, "evm", "minted and acknowledged", "", 0);
    return opened.transferId();
  }

  /** Waits until the transfer is as far as {@code wanted}, or farther on its way to its end. */
  private void awaitStatus(Hash32 transfer, String wanted) {
    List<String> far = WAY.subList(WAY.indexOf(wanted), WAY.size());
    Waiting.until(
        "transfer " + wanted,
        () -> network.hub().transfer(transfer.toHex()).status(),
        far::contains);
  }

  private Amount release(Party carol, Amount amount) {
    // a fresh address: what arrives there is the release and nothing else
    String address = carol.chain(Devnet.BITCOIN).transactions().address(carol.key("release"));
    Bytes script = carol.chain(Devnet.BITCOIN).custody().orElseThrow().scriptOf(address);
    SignedTransaction burn =
        carol
            .transfers()
            .burn(
                Devnet.BTC,
                network.contracts().bridge().bytes(),
                amount,
                carol.chain(Devnet.BITCOIN),
                address,
                carol.chain(Devnet.EVM),
                carol.key(Devnet.EVM));
    out.step(JOB, "evm", "burn", NativeIds.of(Devnet.EVM, burn.id()), 0);
    Api.Release release =
        Waiting.until(
                "the release",
                () -> find(script),
                found -> found.filter(each -> each.status().equals("settled")).isPresent())
            .orElseThrow();
    out.step(
        JOB,
        "bitcoin",
        "released by " + release.signatures() + " members (" + release.threshold() + " needed)",
        "",
        0);
    return await(carol.chain(Devnet.BITCOIN).transactions().balance(address));
  }

  private Optional<Api.Release> find(Bytes script) {
    return network.hub().releases().stream()
        .filter(release -> release.recipientScript().equals(script.toHex()))
        .findFirst();
  }

  private Amount wrapped(Party carol) {
    PacketPort packets = carol.chain(Devnet.EVM).packets().orElseThrow();
    return await(
        packets.wrappedBalance(
            network.contracts().bridge().bytes(),
            TransferPayload.assetId(Devnet.BTC),
            carol.address(Devnet.EVM)));
  }

  private void printSupply(String when) {
    Api.Supply supply =
        Waiting.until(
            "the supply",
            () ->
                network.hub().supply().stream()
                    .filter(each -> each.asset().equals(Devnet.BTC.toString()))
                    .findFirst()
                    .orElseThrow(() -> new DevnetException("there is no supply of BTC")),
            ignored -> true);
    PacketPort packets = network.chains().require(Devnet.EVM).packets().orElseThrow();
    Amount erc20 =
        await(
            packets.wrappedSupply(
                network.contracts().bridge().bytes(), TransferPayload.assetId(Devnet.BTC)));
    out.note(
        JOB,
        "supply %s: locked %s, minted %s, in flight %s, pending release %s; ERC-20 supply %s"
            .formatted(
                when,
                supply.locked(),
                supply.minted(),
                supply.inFlight(),
                supply.pendingRelease(),
                erc20));
    if (!supply.conserved() || erc20.isMoreThan(Amount.parse(supply.locked()))) {
      throw new DevnetException("minted exceeds locked");
    }
  }
}
