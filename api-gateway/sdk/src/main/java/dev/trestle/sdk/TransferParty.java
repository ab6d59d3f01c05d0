package dev.trestle.sdk;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.OpenTransfer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One user's bridge transfers. The deposit address is computed here from the genesis that the user
 * trusts and an id that follows from the user's own key; what the gateway says about it must agree,
 * or nothing is paid.
 */
public final class TransferParty {
  /**
   * Longest refund delay that a user is bound to because the gateway says so, blocks: a week of
   * Bitcoin's. A longer one is taken only when the genesis itself demands it.
   */
  public static final long MAX_REFUND_DELAY = 1_008;

  /** What an unpaid transfer's status is. */
  public static final String AWAITING_DEPOSIT = "awaiting_deposit";

  private static final String EXPIRED = "expired";
  private static final String TAKEN_BACK = "taken_back";
  private static final Duration INTERVAL = Duration.ofMillis(300);

  /** Blocks may come half as fast as they do in the mean. */
  private static final int SLACK = 2;

  private final TimeSource time = TimeSource.system();
  private final HubClient hub;
  private final Genesis genesis;
  private final RelaySigner signer;

  public TransferParty(HubClient hub, Genesis genesis, SecretKey relayKey) {
    this.hub = hub;
    this.genesis = genesis;
    this.signer = new RelaySigner(hub, genesis.chainId(), relayKey);
  }

  /**
   * @param lock where to pay, computed by us
   */
  public record Opened(Hash32 transferId, DepositLock lock, Api.Transfer transfer) {}

  /**
   * Opens a transfer. The same idempotency key opens the same transfer again.
   *
   * @param refundKey takes the deposit back when it is not swept
   * @throws HubException with {@code gateway-mismatch} when the gateway names another address, with
   *     {@code unsafe-terms} when the route's refund delay is longer than {@link
   *     #MAX_REFUND_DELAY}, with {@code transfer-expired} or {@code transfer-taken-back} when this
   *     key's transfer is over
   */
  public Opened open(
      Api.Route route,
      EvmAddress recipient,
      Amount amount,
      SecretKey refundKey,
      String idempotencyKey) {
    AssetId asset = AssetId.parse(route.from());
    Hash32 key = Digests.sha256(Bytes.utf8(idempotencyKey));
    int delay = refundDelay(route);
    Hash32 refund = refundKey.publicKey().xOnly();
    Hash32 transferId = TransferRecord.id(signer.publicKey(), key);
    DepositLock lock =
        custody(asset)
            .depositLock(
                asset.chain(),
                genesis.committee().custody(),
                new CustodyRules.DepositTerms(transferId, refund, delay))
            .orThrow();
    signer.submit(
        new OpenTransfer(
            Hash32.fromHex(route.id()),
            new Hash32(Bytes.concat(Bytes.wrap(new byte[12]), recipient.bytes())),
            amount,
            refund,
            delay,
            key));
    Api.Transfer transfer = hub.transfer(transferId.toHex());
    if (!transfer.deposit().script().equals(lock.script().toHex())
        || !transfer.deposit().address().equals(lock.address())) {
      throw new HubException(
          HubException.Check.GATEWAY_MISMATCH,
          "the gateway names " + transfer.deposit().address() + ", but it is " + lock.address());
    }
    return new Opened(transferId, lock, underWay(transfer));
  }

  /** The transfer, if it has not come to an end at which nothing is minted. */
  private static Api.Transfer underWay(Api.Transfer transfer) {
    if (transfer.status().equals(EXPIRED)) {
      throw expired(transfer);
    }
    if (transfer.status().equals(TAKEN_BACK)) {
      throw new HubException(
          HubException.Check.TRANSFER_TAKEN_BACK,
          "the deposit was taken back by the refund key before it was swept, and nothing is minted"
              + " for it: open another transfer, with another idempotency key");
    }
    return transfer;
  }

  private static HubException expired(Api.Transfer transfer) {
    return new HubException(
        HubException.Check.TRANSFER_EXPIRED,
        "no deposit is credited since "
            + Instant.ofEpochSecond(transfer.deposit().expiresAt())
            + ": open another transfer, with another idempotency key; what was paid comes back by"
            + " the refund key");
  }

  /** The route's, when it is bearable: the ledger refuses one that is too short. */
  private int refundDelay(Api.Route route) {
    long least = genesis.parameters().minRefundDelay();
    long delay = route.refundDelayBlocks().orElse(least);
    if (delay < least || delay > Math.max(least, MAX_REFUND_DELAY)) {
      throw new HubException(
          HubException.Check.UNSAFE_TERMS,
          "a deposit that is not swept would come back only after " + delay + " blocks");
    }
    return (int) delay;
  }

  private CustodyRules custody(AssetId asset) {
    Api.Chain chain = hub.chain(asset.chain().toString());
    return ServiceLoader.load(LightClientFamily.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(family -> family.type().equals(chain.clientType()))
        .findFirst()
        .flatMap(LightClientFamily::custody)
        .orElseThrow(
            () ->
                new HubException(
                    HubException.Check.UNSAFE_TERMS,
                    "this SDK cannot check deposits on " + asset.chain()));
  }

  /**
   * Whether a deposit that is paid now can be credited before the transfer's end: the confirmations
   * of its route, and one block more until it is in the chain, at half the chain's pace. Not to be
   * asked about a deposit that was broadcast before: it may well come in time.
   *
   * @throws HubException with {@code transfer-expired} or {@code too-late-to-deposit} if not
   */
  public void requireTime(Opened opened, ChainAdapter chain) {
    requireTime(opened.transfer(), chain.profile(), time.nowSeconds());
  }

  static void requireTime(Api.Transfer transfer, ChainProfile chain, long nowSeconds) {
    Api.Deposit deposit = transfer.deposit();
    if (transfer.status().equals(EXPIRED) || nowSeconds >= deposit.expiresAt()) {
      throw expired(transfer);
    }
    long confirmations =
        chain.finality() instanceof ChainProfile.Finality.Depth(int depth)
            ? Math.max(deposit.confirmations(), depth)
            : deposit.confirmations();
    double needed = SLACK * (confirmations + 1) * chain.blockSeconds();
    long left = deposit.expiresAt() - nowSeconds;
    if (needed > left) {
      throw new HubException(
          HubException.Check.TOO_LATE_TO_DEPOSIT,
          "%d confirmations may take %d minutes, and the transfer ends in %d"
              .formatted(confirmations, Math.round(needed / 60), left / 60));
    }
  }

  /**
   * Pays the deposit; the bytes are signed before they are sent.
   *
   * @throws HubException as {@link #requireTime}
   */
  public SignedTransaction deposit(
      Opened opened, ChainAdapter chain, SecretKey from, Amount amount) {
    SignedTransaction payment = prepareDeposit(opened, chain, from, amount);
    await(chain.transactions().broadcast(payment.raw()));
    return payment;
  }

  /**
   * Signs the deposit without sending it, so that its bytes can be kept before they are sent.
   *
   * @throws HubException as {@link #requireTime}
   */
  public SignedTransaction prepareDeposit(
      Opened opened, ChainAdapter chain, SecretKey from, Amount amount) {
    requireTime(opened, chain);
    return await(chain.transactions().preparePayment(from, opened.lock().address(), amount));
  }

  /** The id that a transfer of this party with this idempotency key has. */
  public Hash32 transferId(String idempotencyKey) {
    return TransferRecord.id(signer.publicKey(), Digests.sha256(Bytes.utf8(idempotencyKey)));
  }

  /**
   * Waits until the deposit is swept and the wrapped tokens are minted and acknowledged.
   *
   * @throws HubException with {@code transfer-expired} when no deposit was proven in time, with
   *     {@code transfer-taken-back} when it was taken back before it was swept, with {@code
   *     timed-out} after {@code patience}
   */
  public Api.Transfer awaitSettled(Hash32 transferId, Duration patience) {
    return awaitSettled(hub, transferId, patience);
  }

  static Api.Transfer awaitSettled(HubClient hub, Hash32 transferId, Duration patience) {
    return hub.await(
        "settlement of transfer " + transferId,
        () -> underWay(hub.transfer(transferId.toHex())),
        transfer -> transfer.status().equals("settled"),
        patience,
        INTERVAL);
  }

  /** Burns wrapped tokens so that the coins are released to {@code homeAddress}. */
  public SignedTransaction burn(
      AssetId asset,
      Bytes bridge,
      Amount amount,
      ChainAdapter home,
      String homeAddress,
      ChainAdapter chain,
      SecretKey holder) {
    CustodyPort custody = home.custody().orElseThrow();
    PacketPort packets = chain.packets().orElseThrow();
    SignedTransaction burn =
        await(
            packets.prepareBurn(
                bridge,
                TransferPayload.assetId(asset),
                amount,
                custody.scriptOf(homeAddress),
                holder));
    await(chain.transactions().broadcast(burn.raw()));
    return burn;
  }

  /**
   * Waits until a release to {@code script} is proved to be executed that is none of {@code known}:
   * an address may have been paid before.
   *
   * @param seen gets the release each time that it was looked at
   */
  public Api.Release awaitRelease(
      Bytes script, Set<String> known, Duration patience, Consumer<Api.Release> seen) {
    return hub.await(
            "the release to " + script,
            () -> {
              Optional<Api.Release> found =
                  hub.releases().stream()
                      .filter(release -> release.recipientScript().equals(script.toHex()))
                      .filter(release -> !known.contains(release.id()))
                      .findFirst();
              found.ifPresent(seen);
              return found;
            },
            found -> found.filter(release -> release.status().equals("settled")).isPresent(),
            patience,
            INTERVAL)
        .orElseThrow();
  }

  /** Waits until a release to {@code script} is proved to be executed. */
  public Api.Release awaitRelease(Bytes script, Duration patience) {
    return hub.await(
            "the release to " + script,
            () -> find(script),
            found -> found.filter(release -> release.status().equals("settled")).isPresent(),
            patience,
            INTERVAL)
        .orElseThrow();
  }

  private Optional<Api.Release> find(Bytes script) {
    List<Api.Release> all = hub.releases();
    return all.stream()
        .filter(release -> release.recipientScript().equals(script.toHex()))
        .findFirst();
  }

  /** The verdict of a check that only our own computation can fail. */
  static <T> T require(Verdict<T> verdict, String what) {
    return switch (verdict) {
      case Verdict.Accepted<T>(T value) -> value;
      case Verdict.Ignored<T>(var reason, String detail) ->
          throw refused(what, reason.code(), detail);
      case Verdict.Rejected<T>(var reason, String detail) ->
          throw refused(what, reason.code(), detail);
      case Verdict.Later<T>(var reason, String detail) ->
          throw refused(what, reason.code(), detail);
    };
  }

  private static HubException refused(String what, String code, String detail) {
    return new HubException(code, 0, what + ": " + detail);
  }
}
