package dev.trestle.dist.devnet;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.attested.AttestedAnchor;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.attested.HeaderAttestation;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody.RegisterChain;
import dev.trestle.relay.ledger.tx.TransactionBody.RegisterRoute;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Makes the registrations of a network whose governance keys are at hand. */
public final class Registrations {
  /** Headers between the anchor and the tip that stand in a registration as its sample. */
  private static final int SAMPLE = 6;

  private static final long WEEK_SECONDS = 7L * 24 * 3600;
  private static final long DAY_MILLIS = 24L * 3600 * 1000;
  private static final Budget WORK = new Budget(10_000_000);

  private final Genesis genesis;
  private final List<SecretKey> governance;
  private final long epoch;

  /**
   * @param epoch of governance, which approvals name
   */
  public Registrations(Genesis genesis, List<SecretKey> governance, long epoch) {
    this.epoch = epoch;
    this.genesis = genesis;
    this.governance = List.copyOf(governance);
  }

  /**
   * A chain of the Bitcoin family, anchored a few blocks below the node's tip.
   *
   * @param adapterId {@code bitcoin} or {@code litecoin}
   */
  public RegisterChain proofOfWork(
      ChainAdapter adapter, String adapterId, long confirmations, Amount limit) {
    ChainId chain = adapter.profile().chain();
    ChainParameters parameters = BitcoinNetworks.byChain(chain).orElseThrow();
    RawHeader tip = await(adapter.headers().latest());
    long height = tip.ref().height() - SAMPLE;
    AnchorBuilder builder = new AnchorBuilder(parameters, ClientSettings.of(parameters));
    SortedMap<Long, BlockHeader> headers = new TreeMap<>();
    for (long needed : builder.heightsNeeded(height)) {
      headers.put(needed, header(await(adapter.headers().at(needed))));
    }
    // total work: every header's own, which on a young chain costs little to add up
    BigInteger work =
        LongStream.rangeClosed(0, height)
            .boxed()
            .collect(java.util.stream.Collectors.groupingBy(h -> h / 2_000))
            .values()
            .stream()
            .flatMap(
                part -> await(adapter.headers().range(part.getFirst(), part.getLast())).stream())
            .map(each -> work(header(each)))
            .reduce(BigInteger.ZERO, BigInteger::add);
    List<Bytes> sample =
        await(adapter.headers().range(height + 1, tip.ref().height())).stream()
            .map(RawHeader::raw)
            .toList();
    return approve(
        new RegisterChain(
            chain,
            adapter.profile().name(),
            adapterId,
            "bitcoin-pow/1",
            builder.at(height, work, headers).encode(),
            confirmations,
            Optional.empty(),
            new BitcoinFamily().client().encodeUpdate(sample),
            new ChainLimits(limit, limit, DAY_MILLIS),
            List.of()));
  }

  private static BlockHeader header(RawHeader raw) {
    return BlockHeader.of(raw.raw());
  }

  private static BigInteger work(BlockHeader header) {
    return CompactTarget.work(CompactTarget.decode(header.bits()).orElseThrow());
  }

  /**
   * An EVM chain whose headers the committee attests; the sample is the newest final header, signed
   * by a quorum of members.
   *
   * @param attestationKeys of at least a quorum, by member number
   */
  public RegisterChain attested(
      ChainAdapter adapter,
      Bytes bridge,
      SortedMap<Integer, SecretKey> attestationKeys,
      Amount limit) {
    ChainId chain = adapter.profile().chain();
    RawHeader header = await(adapter.headers().finalized());
    Genesis.NotaryCommittee committee = genesis.committee();
    Bytes anchor =
        new AttestedAnchor(
                genesis.chainId(),
                chain,
                committee.epoch(),
                committee.members().stream().map(Genesis.NotaryMember::attestKey).toList(),
                committee.threshold(),
                1,
                header.ref().timestampSeconds(),
                WEEK_SECONDS)
            .encode();
    AttestedEvmFamily family = new AttestedEvmFamily();
    LightClient client = family.client();
    ClientDelta initial = client.initialize(anchor, WORK).orThrow();
    ClientView view = initial.over(key -> Optional.empty());
    AttestationRules rules = family.attestations().orElseThrow();
    SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    attestationKeys.forEach(
        (member, key) ->
            signatures.put(
                member,
                new HeaderAttestation(
                        genesis.chainId(),
                        chain,
                        committee.epoch(),
                        header.ref().height(),
                        header.ref().id())
                    .sign(key)));
    return approve(
        new RegisterChain(
            chain,
            adapter.profile().name(),
            "ethereum",
            family.type(),
            anchor,
            1,
            Optional.of(bridge),
            rules.compose(view, header.raw(), signatures).orThrow(),
            new ChainLimits(limit, limit, DAY_MILLIS),
            List.of()));
  }

  /** A route for the coins of a chain of the Bitcoin family to a bridge contract. */
  public RegisterRoute route(
      AssetId asset,
      ChainId destination,
      Bytes bridge,
      Amount least,
      Amount most,
      long feeRate,
      long confirmations) {
    RegisterRoute body =
        new RegisterRoute(
            asset, destination, bridge, least, most, feeRate, confirmations, List.of());
    List<EcdsaSignature> approvals = sign(Approvals.registerRoute(genesis.chainId(), epoch, body));
    return new RegisterRoute(
        asset, destination, bridge, least, most, feeRate, confirmations, approvals);
  }

  /** The registration with the governance quorum's signatures. */
  public RegisterChain approve(RegisterChain body) {
    return new RegisterChain(
        body.chain(),
        body.name(),
        body.adapterId(),
        body.clientType(),
        body.anchor(),
        body.confirmations(),
        body.bridgeContract(),
        body.sample(),
        body.limits(),
        sign(Approvals.registerChain(genesis.chainId(), epoch, body)));
  }

  private List<EcdsaSignature> sign(Hash32 digest) {
    return governance.stream()
        .limit(genesis.governance().threshold())
        .map(key -> Secp256k1.instance().signEcdsa(digest, key))
        .toList();
  }
}
