// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RelayLightClient} from "../../main/solidity/RelayLightClient.sol";
import {TrestleBridge} from "../../main/solidity/TrestleBridge.sol";
import {WrappedAsset} from "../../main/solidity/WrappedAsset.sol";
import {RelayFixture} from "./RelayFixture.sol";

/// @dev A bridge with two lanes, and the relay chain's side of it.
abstract contract BridgeFixture is RelayFixture {
    bytes32 internal constant POLICY = keccak256("policy");
    string internal constant BTC = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0";
    string internal constant LTC = "bip122:530827f38f93b43ed12af0b3ad25a288/slip44:2";
    bytes internal constant COMMITTEE = hex"5120aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899";
    uint64 internal constant HEIGHT = 7;
    uint64 internal constant TIMEOUT = 1_800_003_600;

    uint256[] internal validatorKeys;
    address[] internal validators;
    RelayLightClient internal client;
    TrestleBridge internal bridge;

    bytes32 internal btcId;
    bytes32 internal ltcId;

    function prepare() internal {
        vm.warp(1_800_000_000);
        vm.chainId(1337);
        validatorKeys = keys(4, 1);
        validators = addresses(validatorKeys);
        client = new RelayLightClient(HUB, 0, 1, validators);
        bridge = new TrestleBridge(client, lanes());
        // ready-made: a call of the sha256 precompile would be the "next call" of a cheat code
        btcId = sha256(bytes(BTC));
        ltcId = sha256(bytes(LTC));
    }

    function lanes() internal pure returns (TrestleBridge.LaneConfig[] memory configs) {
        configs = new TrestleBridge.LaneConfig[](2);
        TrestleBridge.AssetConfig[] memory btc = new TrestleBridge.AssetConfig[](1);
        btc[0] = TrestleBridge.AssetConfig(BTC, "Trestle Bitcoin", "tBTC", 8, 1_000);
        configs[0] =
            TrestleBridge.LaneConfig("bip122:0f9188f13cb7b2c71f2a335e3a4fc328", COMMITTEE, POLICY, btc);
        TrestleBridge.AssetConfig[] memory ltc = new TrestleBridge.AssetConfig[](1);
        ltc[0] = TrestleBridge.AssetConfig(LTC, "Trestle Litecoin", "tLTC", 8, 0);
        configs[1] = TrestleBridge.LaneConfig(
            "bip122:530827f38f93b43ed12af0b3ad25a288", COMMITTEE, keccak256("other policy"), ltc
        );
    }

    function laneOf(TrestleBridge at) internal pure returns (bytes32) {
        return sha256(
            abi.encodePacked(
                sha256("bip122:0f9188f13cb7b2c71f2a335e3a4fc328"),
                sha256(COMMITTEE),
                sha256("eip155:1337"),
                sha256(abi.encodePacked(at)),
                uint8(1)
            )
        );
    }

    function token(string memory origin) internal view returns (WrappedAsset) {
        (address found,,,) = bridge.assetOf(sha256(bytes(origin)));
        return WrappedAsset(found);
    }

    function transferOf(string memory origin, uint256 amount, address recipient)
        internal
        pure
        returns (TrestleBridge.Payload memory)
    {
        bytes memory value = abi.encode(sha256(bytes(origin)), amount, recipient, keccak256("transfer"));
        return TrestleBridge.Payload(2, "transfer", "trestle/transfer", "1", value);
    }

    function packetOf(uint64 sequence, TrestleBridge.Payload memory payload)
        internal
        view
        returns (TrestleBridge.PacketFields memory packet)
    {
        TrestleBridge.Payload[] memory payloads = new TrestleBridge.Payload[](1);
        payloads[0] = payload;
        packet = TrestleBridge.PacketFields(
            laneOf(bridge), sequence, POLICY, 0, 1, TIMEOUT, keccak256("fee"), sha256(new bytes(37)), payloads
        );
    }

    /// @dev Written apart from the contract.
    function idOf(TrestleBridge.PacketFields memory packet) internal pure returns (bytes32) {
        bytes memory payloads = abi.encodePacked(uint8(packet.payloads.length));
        for (uint256 i = 0; i < packet.payloads.length; i++) {
            TrestleBridge.Payload memory p = packet.payloads[i];
            bytes memory one = abi.encodePacked(
                p.kind, sha256(p.dstPort), sha256(bytes(p.encoding)), sha256(bytes(p.version)), sha256(p.value)
            );
            payloads = abi.encodePacked(payloads, sha256(one));
        }
        bytes memory first = abi.encodePacked(
            sha256("TRESTLE/packet/v1"), HUB, packet.lane, packet.sequence, packet.policyHash, packet.finality
        );
        return sha256(
            abi.encodePacked(
                first, packet.timeoutClock, packet.timeout, packet.feeHash, packet.groupHash, sha256(payloads)
            )
        );
    }

    function headerOf(bytes32 outboxRoot) internal view returns (bytes memory) {
        return encode(Head(HEIGHT, 0, setHash(validators), setHash(validators), outboxRoot));
    }

    /// @dev Delivers from a block that emits nothing else.
    function deliver(TrestleBridge.PacketFields memory packet) internal {
        bytes memory header = headerOf(rootOf(oneLeaf(idOf(packet))));
        bytes memory certificate = certify(header, HEIGHT, validatorKeys, 0x7);
        bridge.receivePacket(header, certificate, validators, packet, 0, 1, new bytes32[](0));
    }
}
