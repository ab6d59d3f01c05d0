package dev.trestle.relay.bench;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.attested.AttestedAnchor;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.attested.AttestedUpdate;
import dev.trestle.lightclient.attested.HeaderAttestation;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Two registered chains, with the light clients of production, and a route between them. */
final class Route {
  private static final ChainId EVM = ChainId.parse("eip155:31337");
  private static final Bytes BRIDGE = Bytes.fromHex("00112233445566778899aabbccddeeff00112233");
  private static final AssetId ASSET = AssetId.nativeCoin(RegtestBitcoin.PARAMETERS.chain(), 1);
  private static final ChainLimits LIMITS =
      new ChainLimits(
          Amount.of(2_000_000_000_000_000L), Amount.of(2_000_000_000_000_000L), 3_600_000);
  private static final long START_SECONDS = System.currentTimeMillis() / 1000 - 3_600;
  static final int CONFIRMATIONS = 3;

  private final Genesis genesis;
  private final Submitter submitter;
  private final SecretKey operator = Keys.of("operator", 0);
  private final List<SecretKey> governance = Keys.sorted("governance", 4);
  private final List<SecretKey> attestKeys = Keys.sorted("attest", 4);
  private long evmHeight = 100;

  Route(Genesis genesis, Submitter submitter) {
    this.genesis = genesis;
    this.submitter = submitter;
  }

  static Hash32 id() {
    return RouteRecord.id(ASSET, EVM, BRIDGE);
  }

  void open(RegtestBitcoin bitcoin) {
    bitcoin.mine(List.of());
    bitcoin.mine(List.of());
    register(
        RegtestBitcoin.PARAMETERS.chain(),
        BitcoinFamily.TYPE,
        RegtestBitcoin.anchor(),
        Optional.empty(),
        bitcoin.update());
    registerEvm();
    for (int i = 0; i < CONFIRMATIONS; i++) {
      bitcoin.mine(List.of());
    }
    update(bitcoin);
    evmHeight += CONFIRMATIONS;
    attest(evmHeader(evmHeight));
    TransactionBody.RegisterRoute route = route(List.of());
    submitter.apply(operator, route(approve(Approvals.registerRoute(genesis.chainId(), 0, route))));
  }

  void update(RegtestBitcoin bitcoin) {
    submitter.apply(
        operator,
        new TransactionBody.UpdateClient(RegtestBitcoin.PARAMETERS.chain(), bitcoin.update()));
  }

  private static TransactionBody.RegisterRoute route(List<EcdsaSignature> approvals) {
    return new TransactionBody.RegisterRoute(
        ASSET, EVM, BRIDGE, Amount.of(20_000), Amount.of(50_000_000), 2, CONFIRMATIONS, approvals);
  }

  private void registerEvm() {
    Bytes header = evmHeader(evmHeight);
    TreeMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int member = 0; member < 3; member++) {
      signatures.put(member, attestation(member, header));
    }
    Bytes anchor =
        new AttestedAnchor(
                genesis.chainId(),
                EVM,
                0,
                attestKeys.stream().map(SecretKey::publicKey).toList(),
                3,
                50,
                START_SECONDS,
                10_000_000)
            .encode();
    register(
        EVM,
        new AttestedEvmFamily().type(),
        anchor,
        Optional.of(BRIDGE),
        new AttestedUpdate(0, header, 4, signatures).encode());
  }

  private void register(
      ChainId chain, String type, Bytes anchor, Optional<Bytes> contract, Bytes sample) {
    TransactionBody.RegisterChain unsigned =
        registration(chain, type, anchor, contract, sample, List.of());
    submitter.apply(
        operator,
        registration(
            chain,
            type,
            anchor,
            contract,
            sample,
            approve(Approvals.registerChain(genesis.chainId(), 0, unsigned))));
  }

  private static TransactionBody.RegisterChain registration(
      ChainId chain,
      String type,
      Bytes anchor,
      Optional<Bytes> contract,
      Bytes sample,
      List<EcdsaSignature> approvals) {
    return new TransactionBody.RegisterChain(
        chain, "Bench", "adapter", type, anchor, 1, contract, sample, LIMITS, approvals);
  }

  private List<EcdsaSignature> approve(Hash32 digest) {
    return governance.stream()
        .limit(3)
        .map(key -> Secp256k1.instance().signEcdsa(digest, key))
        .toList();
  }

  private void attest(Bytes header) {
    for (int member = 0; member < 3; member++) {
      submitter.apply(
          operator,
          new TransactionBody.AttestHeader(EVM, header, member, attestation(member, header)));
    }
  }

  private EcdsaSignature attestation(int member, Bytes header) {
    EvmHeader decoded = EvmHeader.decode(header);
    return new HeaderAttestation(genesis.chainId(), EVM, 0, decoded.number(), decoded.hash())
        .sign(attestKeys.get(member));
  }

  private static Bytes evmHeader(long height) {
    Bytes word = Hash32.ZERO.bytes();
    List<RlpItem> fields = new ArrayList<>();
    fields.add(RlpItem.of(Digests.sha256(Bytes.utf8("parent " + height)).bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[20])));
    fields.add(RlpItem.of(Digests.keccak256(Bytes.utf8("state")).bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[256])));
    fields.add(RlpItem.of(0));
    fields.add(RlpItem.of(height));
    fields.add(RlpItem.of(30_000_000));
    fields.add(RlpItem.of(21_000));
    fields.add(RlpItem.of(START_SECONDS + height));
    fields.add(RlpItem.of(Bytes.EMPTY));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[8])));
    fields.add(RlpItem.of(1_000_000_000));
    return Rlp.encode(RlpItem.of(fields));
  }
}
