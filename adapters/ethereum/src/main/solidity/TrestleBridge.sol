// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RelayLightClient} from "./RelayLightClient.sol";
import {RelayProofs} from "./RelayProofs.sol";
import {WrappedAsset} from "./WrappedAsset.sol";

/// @title Bridge end point of one EVM chain
/// @notice Executes packets that the relay chain has certified, each at most once: a transfer mints the wrapped form of an
///   asset. Holders burn it to have the asset released where it is at home. Lanes, their trust policy and the assets that
///   each may mint are fixed at construction; there is no owner. Formats: relay-chain/docs/wire-format.md.
contract TrestleBridge {
    /// @notice 0 not executed, 1 executed, 2 executed without effect. In slot 0, never cleared: absence can be proved.
    mapping(bytes32 packetId => uint256) public executed;

    RelayLightClient public immutable lightClient;
    bytes32 public immutable hubId;
    /// @dev After a fork of the chain only the one with this id goes on.
    uint256 private immutable homeChainId;

    /// @notice policyHash that packets of a lane must carry; zero for lanes that are not registered.
    mapping(bytes32 lane => bytes32) public policyOf;
    /// @notice Last sequence of TransferSent on a lane back.
    mapping(bytes32 lane => uint64) public lastSent;
    mapping(bytes32 assetId => Asset) private assets;

    uint256 private constant EXECUTED = 1;
    uint256 private constant FAILED = 2;
    uint8 private constant UNORDERED = 1;
    uint8 private constant CLOCK_TIME = 1;
    uint8 private constant CLOCK_HEIGHT = 2;
    uint8 private constant KIND_TRANSFER = 2;
    uint256 private constant TRANSFER_LENGTH = 128;
    uint256 private constant MAX_PAYLOADS = 16;
    uint256 private constant MAX_RECIPIENT = 128;
    uint256 private constant MAX_APP = 128;
    /// supply is a sum of these, so it cannot overflow
    uint256 private constant MAX_AMOUNT = type(uint128).max;
    /// sha256("TRESTLE/packet/v1")
    bytes32 private constant PACKET_TAG = 0xc36bd933ddfb6ffe454a2b43cdb3332ac63d8c7a9577c53b1fe2c0dc996dd723;
    /// groupHash of a packet that is in no group
    bytes32 private constant NO_GROUP = 0xab24a95f44ceca5d2aed4b6d056adddd8539f44c6cd6ca506534e830c82ea8a8;
    bytes32 private constant TRANSFER_ENCODING = keccak256("trestle/transfer");
    bytes32 private constant TRANSFER_VERSION = keccak256("1");

    struct Asset {
        WrappedAsset token;
        bytes32 lane;
        bytes32 laneBack;
        uint256 minBurn;
    }

    /// @param origin CAIP-19 text of the asset where it is at home
    /// @param minBurn least amount that can be released there (dust and network fee)
    struct AssetConfig {
        string origin;
        string name;
        string symbol;
        uint8 decimals;
        uint256 minBurn;
    }

    /// @param srcChain CAIP-2 text
    /// @param srcApp the application there
    struct LaneConfig {
        string srcChain;
        bytes srcApp;
        bytes32 policyHash;
        AssetConfig[] assets;
    }

    struct Payload {
        uint8 kind;
        bytes dstPort;
        string encoding;
        string version;
        bytes value;
    }

    /// @notice A packet; fields that this contract does not act on are given by their digest, which the id commits to.
    struct PacketFields {
        bytes32 lane;
        uint64 sequence;
        bytes32 policyHash;
        uint32 finality;
        uint8 timeoutClock;
        uint64 timeout;
        bytes32 feeHash;
        bytes32 groupHash;
        Payload[] payloads;
    }

    /// @notice Where a packet of an older block stands.
    /// @param header of a newer block, certified by `certificate` and `validators`
    /// @param older header of the block that emitted the packet
    /// @param history siblings of the older block's id, from the leaf up
    /// @param siblings of the packet's id in the older block's outbox, from the leaf up
    struct PastPacket {
        bytes header;
        bytes certificate;
        address[] validators;
        bytes older;
        bytes32[] history;
        uint64 leafIndex;
        uint64 leafCount;
        bytes32[] siblings;
    }

    event PacketReceived(bytes32 indexed packetId, bool success);
    event TransferSent(
        bytes32 indexed lane,
        uint64 indexed sequence,
        bytes32 indexed assetId,
        address sender,
        uint256 amount,
        bytes recipient
    );

    error BadConfiguration();
    error WrongChain();
    error UnknownLane(bytes32 lane);
    error WrongPolicy(bytes32 policyHash);
    error PacketMalformed();
    error UnsupportedPacket();
    error PacketExpired();
    error AlreadyExecuted(bytes32 packetId);
    error NotInOutbox(bytes32 packetId);
    error UnknownAsset(bytes32 assetId);
    error AmountTooSmall(uint256 amount, uint256 minimum);
    error BadRecipient();

    constructor(RelayLightClient lightClient_, LaneConfig[] memory lanes) {
        if (lanes.length == 0) revert BadConfiguration();
        lightClient = lightClient_;
        hubId = lightClient_.chainId();
        homeChainId = block.chainid;
        bytes32 here = sha256(abi.encodePacked("eip155:", _decimal(block.chainid)));
        bytes32 self = sha256(abi.encodePacked(address(this)));
        for (uint256 i = 0; i < lanes.length; i++) {
            _register(lanes[i], here, self);
        }
    }

    /// @notice Executes a packet that a block of the relay chain has emitted. Anyone may call it.
    /// @param header of that block
    /// @param certificate of that block
    /// @param validators the set that certified it, ascending
    /// @param leafIndex place of the packet in the block's outbox
    /// @param leafCount size of that outbox
    /// @param siblings from the leaf up
    function receivePacket(
        bytes calldata header,
        bytes calldata certificate,
        address[] calldata validators,
        PacketFields calldata packet,
        uint64 leafIndex,
        uint64 leafCount,
        bytes32[] calldata siblings
    ) external {
        bytes32 id = _admit(packet);
        bytes32 outboxRoot = lightClient.verify(header, certificate, validators).outboxRoot;
        if (!RelayProofs.includes(outboxRoot, id, leafIndex, leafCount, siblings)) revert NotInOutbox(id);
        _finish(id, packet);
    }

    /// @notice As receivePacket, for a packet that an older block has emitted: `past.header` is certified and its history
    ///   root holds `past.older`. For packets of validators whose era is over.
    function receivePastPacket(PastPacket calldata past, PacketFields calldata packet) external {
        bytes32 id = _admit(packet);
        bytes32 outboxRoot =
            lightClient.verifyOlder(past.header, past.certificate, past.validators, past.older, past.history).outboxRoot;
        if (!RelayProofs.includes(outboxRoot, id, past.leafIndex, past.leafCount, past.siblings)) {
            revert NotInOutbox(id);
        }
        _finish(id, packet);
    }

    /// @dev The id of a packet that may be executed here and now, if it was emitted.
    function _admit(PacketFields calldata packet) private view returns (bytes32 id) {
        if (block.chainid != homeChainId) revert WrongChain();
        _checkPacket(packet);
        id = packetId(packet);
        if (executed[id] != 0) revert AlreadyExecuted(id);
    }

    function _finish(bytes32 id, PacketFields calldata packet) private {
        // All payloads or none. A payload that cannot be executed is answered, so that the sender is paid back; there is no
        // try/catch here, which a caller could make fail by giving too little gas.
        bool success = _executable(packet);
        executed[id] = success ? EXECUTED : FAILED;
        if (success) _execute(packet);
        emit PacketReceived(id, success);
    }

    /// @notice Burns `amount` of the caller's wrapped tokens; the relay chain has the asset released to `recipient`, an
    ///   output script of the chain where it is at home.
    function burn(bytes32 assetId, uint256 amount, bytes calldata recipient) external returns (uint64 sequence) {
        if (block.chainid != homeChainId) revert WrongChain();
        Asset storage asset = assets[assetId];
        if (address(asset.token) == address(0)) revert UnknownAsset(assetId);
        if (amount < asset.minBurn || amount == 0) revert AmountTooSmall(amount, asset.minBurn);
        if (recipient.length == 0 || recipient.length > MAX_RECIPIENT) revert BadRecipient();
        bytes32 laneBack = asset.laneBack;
        sequence = ++lastSent[laneBack];
        asset.token.burn(msg.sender, amount);
        emit TransferSent(laneBack, sequence, assetId, msg.sender, amount, recipient);
    }

    /// @notice Tells the light client the next validators; the same as calling it there.
    function updateValidators(
        bytes calldata header,
        bytes calldata certificate,
        address[] calldata validators,
        address[] calldata nextValidators
    ) external {
        lightClient.updateValidators(header, certificate, validators, nextValidators);
    }

    /// @notice The wrapped form of an asset and its lanes; zero for unknown ones.
    function assetOf(bytes32 assetId)
        external
        view
        returns (address token, bytes32 lane, bytes32 laneBack, uint256 minBurn)
    {
        Asset storage asset = assets[assetId];
        return (address(asset.token), asset.lane, asset.laneBack, asset.minBurn);
    }

    /// @notice Id of a packet of this relay chain.
    function packetId(PacketFields calldata packet) public view returns (bytes32) {
        bytes32 payloads = _payloadsHash(packet.payloads);
        return sha256(
            abi.encodePacked(
                PACKET_TAG,
                hubId,
                packet.lane,
                packet.sequence,
                packet.policyHash,
                packet.finality,
                packet.timeoutClock,
                packet.timeout,
                packet.feeHash,
                packet.groupHash,
                payloads
            )
        );
    }

    function _register(LaneConfig memory config, bytes32 here, bytes32 self) private {
        if (config.policyHash == 0 || config.srcApp.length == 0 || config.srcApp.length > MAX_APP) {
            revert BadConfiguration();
        }
        bytes32 there = sha256(bytes(config.srcChain));
        bytes32 app = sha256(config.srcApp);
        bytes32 lane = sha256(abi.encodePacked(there, app, here, self, UNORDERED));
        bytes32 laneBack = sha256(abi.encodePacked(here, self, there, app, UNORDERED));
        if (policyOf[lane] != 0) revert BadConfiguration();
        policyOf[lane] = config.policyHash;
        for (uint256 i = 0; i < config.assets.length; i++) {
            AssetConfig memory asset = config.assets[i];
            bytes32 assetId = sha256(bytes(asset.origin));
            if (address(assets[assetId].token) != address(0)) revert BadConfiguration();
            WrappedAsset token = new WrappedAsset(asset.origin, asset.name, asset.symbol, asset.decimals);
            assets[assetId] = Asset(token, lane, laneBack, asset.minBurn);
        }
    }

    function _checkPacket(PacketFields calldata packet) private view {
        bytes32 policyHash = policyOf[packet.lane];
        if (policyHash == 0) revert UnknownLane(packet.lane);
        if (packet.policyHash != policyHash) revert WrongPolicy(packet.policyHash);
        if (packet.sequence == 0 || packet.payloads.length == 0 || packet.payloads.length > MAX_PAYLOADS) {
            revert PacketMalformed();
        }
        if (packet.groupHash != NO_GROUP) revert UnsupportedPacket();
        uint256 clock;
        if (packet.timeoutClock == CLOCK_TIME) clock = block.timestamp;
        else if (packet.timeoutClock == CLOCK_HEIGHT) clock = block.number;
        else revert UnsupportedPacket();
        if (clock >= packet.timeout) revert PacketExpired();
    }

    function _payloadsHash(Payload[] calldata payloads) private pure returns (bytes32) {
        bytes memory packed = abi.encodePacked(uint8(payloads.length));
        for (uint256 i = 0; i < payloads.length; i++) {
            Payload calldata payload = payloads[i];
            bytes32 hash = sha256(
                abi.encodePacked(
                    payload.kind,
                    sha256(payload.dstPort),
                    sha256(bytes(payload.encoding)),
                    sha256(bytes(payload.version)),
                    sha256(payload.value)
                )
            );
            packed = abi.encodePacked(packed, hash);
        }
        return sha256(packed);
    }

    /// @dev Whether every payload is a transfer that can be paid. Depends on the packet and the configuration alone, so that
    ///   nobody can turn a good packet into a failed one.
    function _executable(PacketFields calldata packet) private view returns (bool) {
        for (uint256 i = 0; i < packet.payloads.length; i++) {
            Payload calldata payload = packet.payloads[i];
            if (payload.kind != KIND_TRANSFER || payload.value.length != TRANSFER_LENGTH) return false;
            if (keccak256(bytes(payload.encoding)) != TRANSFER_ENCODING) return false;
            if (keccak256(bytes(payload.version)) != TRANSFER_VERSION) return false;
            (bytes32 assetId, uint256 amount, uint256 recipient) = _transfer(payload.value);
            Asset storage asset = assets[assetId];
            address token = address(asset.token);
            if (token == address(0) || asset.lane != packet.lane) return false;
            if (amount == 0 || amount > MAX_AMOUNT) return false;
            if (recipient == 0 || recipient > type(uint160).max) return false;
            if (recipient == uint160(token) || recipient == uint160(address(this))) return false;
        }
        return true;
    }

    function _execute(PacketFields calldata packet) private {
        for (uint256 i = 0; i < packet.payloads.length; i++) {
            (bytes32 assetId, uint256 amount, uint256 recipient) = _transfer(packet.payloads[i].value);
            assets[assetId].token.mint(address(uint160(recipient)), amount);
        }
    }

    function _transfer(bytes calldata value)
        private
        pure
        returns (bytes32 assetId, uint256 amount, uint256 recipient)
    {
        (assetId, amount, recipient,) = abi.decode(value, (bytes32, uint256, uint256, bytes32));
    }

    function _decimal(uint256 value) private pure returns (bytes memory digits) {
        do {
            digits = abi.encodePacked(uint8(48 + value % 10), digits);
            value /= 10;
        } while (value != 0);
    }
}
