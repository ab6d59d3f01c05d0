package dev.trestle.gateway;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.MessageSource;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** A node of a chain on which nothing happens; locks below {@link #DUST} cannot be expressed. */
final class FakeAdapter implements ChainAdapter, HtlcPort, PacketPort {
  static final long DUST = 546;

  private final AssetId asset;
  volatile boolean usable = true;

  FakeAdapter(AssetId asset) {
    this.asset = asset;
  }

  @Override
  public ChainProfile profile() {
    return new ChainProfile(
        asset.chain(),
        "Fake",
        asset,
        8,
        10,
        new ChainProfile.Finality.Depth(2),
        new ChainProfile.Timing(60, 60, 60, 60, 10, 10, true),
        true);
  }

  @Override
  public Future<Void> start() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Health> health() {
    return Future.succeededFuture(new Health(usable, 110, 108, 5, 1, 1, usable ? "ok" : "behind"));
  }

  @Override
  public HeaderSource headers() {
    throw new UnsupportedOperationException("gateways do not read headers");
  }

  @Override
  public EvidenceSource evidence() {
    throw new UnsupportedOperationException("gateways do not make proofs");
  }

  @Override
  public MessageSource messages() {
    throw new UnsupportedOperationException("gateways do not read messages");
  }

  @Override
  public TransactionPort transactions() {
    throw new UnsupportedOperationException("gateways send no transactions");
  }

  @Override
  public Optional<HtlcPort> htlc() {
    return Optional.of(this);
  }

  @Override
  public Optional<PacketPort> packets() {
    return Optional.of(this);
  }

  @Override
  public void close() {}

  @Override
  public Verdict<HtlcLock> describe(HtlcTerms terms) {
    Bytes key = Digests.sha256(Bytes.concat(terms.hash().bytes(), terms.claimer())).bytes();
    return terms.amount().isLessThan(Amount.of(DUST))
        ? Verdict.reject(AdapterError.INVALID_AMOUNT, "dust")
        : Verdict.accept(new HtlcLock("fake" + key.toHex(), key, key, "fake:" + key.toHex()));
  }

  @Override
  public Bytes partyKey(SecretKey key) {
    return key.publicKey().compressed();
  }

  @Override
  public Future<SignedTransaction> prepareLock(HtlcTerms terms, SecretKey from) {
    throw new UnsupportedOperationException("gateways lock nothing");
  }

  @Override
  public Future<SignedTransaction> prepareClaim(
      HtlcTerms terms, LockFunding funding, Hash32 preimage, SecretKey claimer) {
    throw new UnsupportedOperationException("gateways claim nothing");
  }

  @Override
  public Future<SignedTransaction> prepareRefund(
      HtlcTerms terms, LockFunding funding, SecretKey refunder) {
    throw new UnsupportedOperationException("gateways refund nothing");
  }

  @Override
  public Future<HtlcObservation> observe(HtlcTerms terms) {
    return Future.succeededFuture(
        new HtlcObservation(1_701_000_000, 110, List.of(), Optional.empty()));
  }

  @Override
  public Future<SignedTransaction> prepareDelivery(
      Bytes contract, PacketDelivery delivery, SecretKey from) {
    throw new UnsupportedOperationException("routes deliver nothing");
  }

  @Override
  public Future<Boolean> isDelivered(Bytes contract, Hash32 packetId) {
    return Future.succeededFuture(false);
  }

  @Override
  public Future<Long> validatorEpoch(Bytes contract) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<SignedTransaction> prepareValidatorUpdate(
      Bytes contract,
      Bytes header,
      Bytes certificate,
      List<EvmAddress> validators,
      List<EvmAddress> nextValidators,
      SecretKey from) {
    throw new UnsupportedOperationException("routes update nothing");
  }

  @Override
  public Future<SignedTransaction> prepareBurn(
      Bytes contract, Hash32 assetId, Amount amount, Bytes recipient, SecretKey holder) {
    throw new UnsupportedOperationException("gateways burn nothing");
  }

  @Override
  public Future<String> wrappedAsset(Bytes contract, Hash32 assetId) {
    return Future.succeededFuture("0x" + "ab".repeat(20));
  }

  @Override
  public Future<Amount> wrappedBalance(Bytes contract, Hash32 assetId, String address) {
    return Future.succeededFuture(Amount.ZERO);
  }

  @Override
  public Future<Amount> wrappedSupply(Bytes contract, Hash32 assetId) {
    return Future.succeededFuture(Amount.ZERO);
  }
}
