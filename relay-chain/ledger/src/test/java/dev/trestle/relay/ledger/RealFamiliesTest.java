package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.attested.AttestedAnchor;
import dev.trestle.lightclient.attested.AttestedEvmFamily;
import dev.trestle.lightclient.attested.AttestedUpdate;
import dev.trestle.lightclient.attested.HeaderAttestation;
import dev.trestle.lightclient.attested.LogPosition;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinFamily;
import dev.trestle.lightclient.bitcoin.BitcoinLightClient;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.TransactionInclusion;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.proofs.MerklePatriciaTrie;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A bridge transfer there and back with the light clients and custody scripts that production uses:
 * a regression-test Bitcoin mined here, and an EVM chain that the committee attests.
 */
class RealFamiliesTest {
  private static final ChainParameters REGTEST = BitcoinNetworks.BITCOIN_REGTEST;
  private static final ChainId EVM = ChainId.parse("eip155:31337");
  private static final Bytes BRIDGE = Hub.CONTRACT;
  private static final long START = 1_700_900_000L;
  private static final long FEE_RATE = 2;
  private static final int REFUND_DELAY = 144;

  private static final CustodyRules RULES = new BitcoinFamily().custody().orElseThrow();

  private final Hub hub = new Hub(REFUND_DELAY);
  private final AssetId asset = AssetId.nativeCoin(REGTEST.chain(), 1);
  private final BitcoinLightClient bitcoin = new BitcoinLightClient();
  private final List<BlockHeader> headers = new ArrayList<>(List.of(REGTEST.genesis()));
  private int reported;
  private long evmHeight = 100;

  // Bitcoin

  private BlockHeader mine(List<BitcoinTransaction> transactions) {
    List<Hash32> ids = transactions.stream().map(BitcoinTransaction::txId).toList();
    BlockHeader parent = headers.getLast();
    long time = Math.max(START, parent.time()) + 600;
    for (long nonce = 0; ; nonce++) {
      BlockHeader header =
          BlockHeader.of(
              0x2000_0000, parent.id(), MerkleBranch.root(ids), time, 0x207f_ffffL, nonce);
      // the target of the network: the most significant byte of the hash is below 0x80
      if (header.id().bytes().at(31) < 0x80) {
        headers.add(header);
        return header;
      }
    }
  }

  private BitcoinTransaction coinbase() {
    return new BitcoinTransaction(
        2,
        List.of(
            TxInput.unsigned(new OutPoint(Hash32.ZERO, OutPoint.NO_INDEX), 0xffff_ffffL)
                .withWitness(List.of())),
        List.of(new TxOutput(5_000_000_000L, Bytes.fromHex("51"))),
        headers.size());
  }

  private Bytes update() {
    List<Bytes> raw =
        headers.subList(reported + 1, headers.size()).stream().map(BlockHeader::raw).toList();
    reported = headers.size() - 1;
    return bitcoin.encodeUpdate(raw);
  }

  private void confirm(int blocks) {
    for (int i = 0; i < blocks; i++) {
      mine(List.of(coinbase()));
    }
    hub.ok(new TransactionBody.UpdateClient(REGTEST.chain(), update()));
  }

  private Claim confirmed(BitcoinTransaction transaction) {
    BitcoinTransaction coinbase = coinbase();
    BlockHeader block = mine(List.of(coinbase, transaction));
    confirm(2);
    List<Hash32> ids = List.of(coinbase.txId(), transaction.txId());
    return TransactionInclusion.proof(block.id(), ids, 1, coinbase.serialize())
        .claim(transaction.serialize());
  }

  // EVM

  private static Bytes evmHeader(long height, Hash32 receiptsRoot) {
    Bytes word = Hash32.ZERO.bytes();
    List<RlpItem> fields = new ArrayList<>();
    fields.add(RlpItem.of(Digests.sha256(Bytes.utf8("parent " + height)).bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[20])));
    fields.add(RlpItem.of(Digests.keccak256(Bytes.utf8("state")).bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(receiptsRoot.bytes()));
    fields.add(RlpItem.of(Bytes.wrap(new byte[256])));
    fields.add(RlpItem.of(0));
    fields.add(RlpItem.of(height));
    fields.add(RlpItem.of(30_000_000));
    fields.add(RlpItem.of(21_000));
    fields.add(RlpItem.of(START + height));
    fields.add(RlpItem.of(Bytes.EMPTY));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[8])));
    fields.add(RlpItem.of(1_000_000_000));
    return Rlp.encode(RlpItem.of(fields));
  }

  private dev.trestle.crypto.EcdsaSignature attestation(int member, Bytes header) {
    EvmHeader decoded = EvmHeader.decode(header);
    return new HeaderAttestation(hub.hubId(), EVM, 7, decoded.number(), decoded.hash())
        .sign(hub.attestKeys.get(member));
  }

  private void attest(Bytes header) {
    for (int member : List.of(3, 0, 2)) {
      hub.ok(new TransactionBody.AttestHeader(EVM, header, member, attestation(member, header)));
    }
  }

  /** Puts the log into an attested block two gaps above the last one. */
  private Claim say(EvmLog log) {
    evmHeight += 2;
    EvmReceipt receipt =
        new EvmReceipt(
            2, true, BigInteger.valueOf(90_000), Bytes.wrap(new byte[256]), List.of(log));
    TreeMap<Bytes, Bytes> receipts = new TreeMap<>();
    receipts.put(ReceiptProof.key(0), receipt.encode());
    MerklePatriciaTrie trie = new MerklePatriciaTrie(receipts);
    attest(evmHeader(evmHeight, trie.root()));
    return new LogPosition(evmHeight, BRIDGE, 0, 0).claim(log, trie.prove(ReceiptProof.key(0)));
  }

  // setting up

  private void register() {
    mine(List.of(coinbase()));
    mine(List.of(coinbase()));
    Bytes bitcoinAnchor = new AnchorBuilder(REGTEST, ClientSettings.of(REGTEST)).genesis().encode();
    hub.ok(
        registration(
            REGTEST.chain(), BitcoinFamily.TYPE, bitcoinAnchor, Optional.empty(), update()));
    Bytes header = evmHeader(evmHeight, Hash32.ZERO);
    TreeMap<Integer, dev.trestle.crypto.EcdsaSignature> signatures = new TreeMap<>();
    for (int member = 0; member < 3; member++) {
      signatures.put(member, attestation(member, header));
    }
    Bytes evmAnchor =
        new AttestedAnchor(
                hub.hubId(),
                EVM,
                7,
                hub.attestKeys.stream().map(SecretKey::publicKey).toList(),
                3,
                50,
                START,
                10_000_000)
            .encode();
    hub.ok(
        registration(
            EVM,
            new AttestedEvmFamily().type(),
            evmAnchor,
            Optional.of(BRIDGE),
            new AttestedUpdate(7, header, 4, signatures).encode()));
    confirm(3);
    evmHeight += 3;
    attest(evmHeader(evmHeight, Hash32.ZERO));
    hub.ok(
        hub.registerRoute(
            new TransactionBody.RegisterRoute(
                asset,
                EVM,
                BRIDGE,
                Amount.of(20_000),
                Amount.of(50_000_000),
                FEE_RATE,
                3,
                List.of())));
  }

  private TransactionBody.RegisterChain registration(
      ChainId chain, String type, Bytes anchor, Optional<Bytes> contract, Bytes sample) {
    return hub.approved(
        new TransactionBody.RegisterChain(
            chain, "Real", "adapter", type, anchor, 1, contract, sample, Hub.LIMITS, List.of()),
        3);
  }

  private RouteRecord route() {
    return hub.view().routes().getFirst();
  }

  private SupplyRecord supply() {
    return hub.view().supply(asset);
  }

  private Hash32 deposit(int number, long amount) {
    credit(number, amount);
    sweep();
    return hub.packetId(number);
  }

  private Hash32 credit(int number, long amount) {
    hub.ok(
        new TransactionBody.OpenTransfer(
            route().id(),
            Hub.hash("recipient"),
            Amount.of(amount),
            hub.refund.publicKey().xOnly(),
            REFUND_DELAY,
            Hub.hash("key " + number)));
    Hash32 transfer = hub.transferId(number);
    Bytes script = hub.view().depositLock(transfer).orElseThrow().script();
    BitcoinTransaction payment =
        new BitcoinTransaction(
            2,
            List.of(TxInput.unsigned(new OutPoint(Hub.hash("coin " + number), 0), 0xffff_fffdL)),
            List.of(new TxOutput(7_000, Bytes.fromHex("51")), new TxOutput(amount, script)),
            0);
    Claim claim = confirmed(payment);
    hub.ok(new TransactionBody.SubmitDeposit(transfer, claim));
    assertThat(hub.send(new TransactionBody.SubmitDeposit(transfer, claim)).code())
        .isEqualTo("transfer-not-open");
    assertThat(hub.view().packets(Optional.empty(), 5)).as("not before its sweep").isEmpty();
    return transfer;
  }

  private void sign(ReleaseRecord release, int member) {
    List<SchnorrSignature> signatures =
        RULES
            .signingDigests(hub.genesis.committee().custody(), release.plan().orElseThrow())
            .stream()
            .map(
                digest ->
                    Secp256k1.instance()
                        .signSchnorr(digest, hub.custodyKeys.get(member), Hash32.ZERO))
            .toList();
    hub.ok(new TransactionBody.SignRelease(release.id(), member, signatures));
  }

  private void settle(Hash32 releaseId) {
    for (int member = 1; member < 4; member++) {
      sign(hub.view().release(releaseId).orElseThrow(), member);
    }
    ReleaseRecord ready = hub.view().release(releaseId).orElseThrow();
    assertThat(ready.state()).isEqualTo(ReleaseRecord.State.READY);
    BitcoinTransaction transaction =
        BitcoinTransaction.parse(ready.transaction().orElseThrow()).orThrow();
    hub.ok(new TransactionBody.SubmitRelease(releaseId, confirmed(transaction)));
  }

  /** The only coin, a deposit: from planning to proof. */
  private void sweep() {
    var coin = hub.view().coins(REGTEST.chain(), Optional.empty(), 5).getFirst().coin();
    hub.ok(new TransactionBody.PlanSweep(REGTEST.chain(), coin.txId(), coin.outputIndex()));
    settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
  }

  @Test
  void dryRunPassesOnLiveChainsAndBothBecomeActive() {
    register();
    assertThat(hub.view().chains())
        .allSatisfy(chain -> assertThat(chain.status()).isEqualTo(ChainRecord.Status.ACTIVE));
    assertThat(route().custodyFee().toLong()).isEqualTo(2 * 195 + 330);
  }

  @Test
  void coinsGoOutAndComeBack() {
    register();
    Hash32 packet = deposit(1, 1_000_000);
    Amount credited = supply().inFlight();
    assertThat(credited).isEqualTo(Amount.of(1_000_000).minus(route().custodyFee()));

    EvmLog received =
        new EvmLog(
            BRIDGE,
            List.of(Digests.keccak256(Bytes.utf8("PacketReceived(bytes32,bool)")), packet),
            Bytes.fromHex("00".repeat(31) + "01"));
    hub.ok(new TransactionBody.SubmitMessage(EVM, say(received)));
    assertThat(supply().minted()).isEqualTo(credited);

    Bytes payTo = Bytes.fromHex("0014751e76e8199196d454941c45d1b3a323f1433bd6");
    hub.ok(new TransactionBody.SubmitMessage(EVM, say(transferSent(1, 400_000, payTo))));
    settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    assertThat(supply().locked()).isEqualTo(credited.minus(Amount.of(400_000)));

    hub.ok(
        new TransactionBody.SubmitMessage(
            EVM, say(transferSent(2, credited.toLong() - 400_000, payTo))));
    settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    nothingIsOwed();
  }

  /** All that was credited is paid out: the deposit's share of merges is left, and nothing else. */
  private void nothingIsOwed() {
    assertThat(supply().locked()).isEqualTo(Amount.ZERO);
    assertThat(supply().reserve()).isEqualTo(supply().coins()).isEqualTo(RULES.leastChange());
    assertThat(hub.view().coins(REGTEST.chain(), Optional.empty(), 9)).hasSize(1);
  }

  /** P2PKH and P2SH outputs are dust below more than the committee's own P2TR outputs are. */
  @Test
  void leastAmountIsPayableToEveryFormOfScript() {
    CustodyRules.Committee committee = hub.genesis.committee().custody();
    long toP2tr = 840;
    assertThat(payable(committee, toP2tr).isAccepted()).isFalse();
    Bytes resting = RULES.restingLock(REGTEST.chain(), committee).script();
    Amount coin = Amount.of(toP2tr).plus(RULES.leastChange());
    assertThat(
            RULES
                .plan(
                    REGTEST.chain(),
                    committee,
                    List.of(
                        new CustodyRules.Coin(
                            Hub.hash("coin"),
                            0,
                            coin,
                            RULES.restingLock(REGTEST.chain(), committee))),
                    new CustodyRules.Payout(Hub.hash("id"), resting, Amount.of(toP2tr)),
                    FEE_RATE)
                .isAccepted())
        .as("it is for a P2TR output")
        .isTrue();
    assertThat(payable(committee, 1_040).isAccepted()).isTrue();
  }

  private static Verdict<Amount> payable(CustodyRules.Committee committee, long least) {
    return CustodyFee.payable(RULES, REGTEST.chain(), committee, FEE_RATE, Amount.of(least));
  }

  /** The depositor takes a credited deposit back: only his transaction proves it. */
  @Test
  void onlyAForeignSpendTakesADepositBack() {
    register();
    Hash32 transfer = credit(1, 1_000_000);
    CustodyRules.Coin coin =
        hub.view().coins(REGTEST.chain(), Optional.empty(), 5).getFirst().coin();
    hub.ok(new TransactionBody.PlanSweep(REGTEST.chain(), coin.txId(), coin.outputIndex()));
    Hash32 sweep = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    BitcoinTransaction unsigned =
        BitcoinTransaction.parse(
                hub.view().release(sweep).orElseThrow().plan().orElseThrow().unsigned())
            .orThrow();
    BitcoinTransaction otherWitness =
        unsigned.withInputs(
            List.of(unsigned.inputs().getFirst().withWitness(List.of(Bytes.utf8("others")))));
    assertThat(takeBack(transfer, confirmed(otherWitness))).isEqualTo("deposit-swept");
    BitcoinTransaction refund =
        new BitcoinTransaction(
            2,
            List.of(
                TxInput.unsigned(new OutPoint(coin.txId(), coin.outputIndex()), REFUND_DELAY)
                    .withWitness(List.of(Bytes.utf8("signature"), Bytes.utf8("script")))),
            List.of(new TxOutput(999_000, Bytes.fromHex("51"))),
            0);
    Claim claim = confirmed(refund);
    Claim padded =
        new Claim(claim.path(), Bytes.concat(claim.value(), Bytes.fromHex("00")), claim.proof());
    assertThat(takeBack(transfer, padded)).isNotEqualTo("ok");
    assertThat(takeBack(transfer, claim)).isEqualTo("ok");
    assertThat(supply()).isEqualTo(SupplyRecord.NONE);
    assertThat(hub.view().release(sweep).orElseThrow().state()).isEqualTo(ReleaseRecord.State.VOID);
  }

  private String takeBack(Hash32 transfer, Claim claim) {
    return hub.send(new TransactionBody.SubmitTakeBack(transfer, claim)).code();
  }

  private EvmLog transferSent(long sequence, long amount, Bytes script) {
    String padded = script.toHex() + "00".repeat(32 - script.size());
    return new EvmLog(
        BRIDGE,
        List.of(
            Digests.keccak256(
                Bytes.utf8("TransferSent(bytes32,uint64,bytes32,address,uint256,bytes)")),
            route().lane().reverse().hash(),
            word(sequence),
            TransferPayload.assetId(asset)),
        Bytes.fromHex(
            "00".repeat(12)
                + "f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
                + word(amount).toHex()
                + word(96).toHex()
                + word(script.size()).toHex()
                + padded));
  }

  private static Hash32 word(long value) {
    return new Hash32(
        new dev.trestle.base.CanonicalWriter().u256(BigInteger.valueOf(value)).toBytes());
  }

  @Test
  void sweptDepositIsPricedExactlyAndPaysOut() {
    register();
    Hash32 packet = deposit(1, 1_000_000);
    assertThat(supply().reserve())
        .as("the sweep was priced exactly, what is left is the least coin")
        .isEqualTo(RULES.leastChange());
    assertThat(supply().coins()).isEqualTo(supply().locked().plus(RULES.leastChange()));
    confirm(REFUND_DELAY);
    hub.ok(
        new TransactionBody.SubmitMessage(
            EVM,
            say(
                new EvmLog(
                    BRIDGE,
                    List.of(Digests.keccak256(Bytes.utf8("PacketReceived(bytes32,bool)")), packet),
                    Bytes.fromHex("00".repeat(31) + "01")))));

    Bytes payTo = Bytes.fromHex("0014751e76e8199196d454941c45d1b3a323f1433bd6");
    hub.ok(
        new TransactionBody.SubmitMessage(
            EVM, say(transferSent(1, supply().minted().toLong(), payTo))));
    settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    nothingIsOwed();
  }
}
