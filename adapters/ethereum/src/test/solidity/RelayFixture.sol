// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base} from "./Base.sol";

/// @dev A relay chain on paper: validators with known keys, headers and certificates.
abstract contract RelayFixture is Base {
    bytes32 internal constant HUB = keccak256("a relay chain");
    bytes32 internal constant COMMIT_TAG = keccak256("TRESTLE/relay/commit/v1");
    uint256 internal constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    struct Head {
        uint64 height;
        uint64 epoch;
        bytes32 validatorsHash;
        bytes32 nextValidatorsHash;
        bytes32 outboxRoot;
    }

    /// @dev `n` keys whose addresses ascend.
    function keys(uint256 n, uint256 seed) internal pure returns (uint256[] memory sorted) {
        sorted = new uint256[](n);
        for (uint256 i = 0; i < n; i++) {
            uint256 key = uint256(keccak256(abi.encode("validator", seed, i))) % (ORDER - 1) + 1;
            uint256 j = i;
            while (j > 0 && vm.addr(sorted[j - 1]) > vm.addr(key)) {
                sorted[j] = sorted[j - 1];
                j--;
            }
            sorted[j] = key;
        }
    }

    function addresses(uint256[] memory validatorKeys) internal pure returns (address[] memory set) {
        set = new address[](validatorKeys.length);
        for (uint256 i = 0; i < set.length; i++) {
            set[i] = vm.addr(validatorKeys[i]);
        }
    }

    /// @dev Written apart from the contract: byte by byte, as wire-format.md says it.
    function setHash(address[] memory set) internal pure returns (bytes32) {
        bytes memory packed = abi.encodePacked(keccak256("TRESTLE/relay/validators/v1"), uint16(set.length));
        for (uint256 i = 0; i < set.length; i++) {
            packed = bytes.concat(packed, bytes20(set[i]));
        }
        return keccak256(packed);
    }

    function encode(Head memory head) internal pure returns (bytes memory) {
        return encode(head, keccak256("state"), keccak256("history"));
    }

    function encode(Head memory head, bytes32 stateRoot, bytes32 historyRoot) internal pure returns (bytes memory) {
        return bytes.concat(
            abi.encodePacked(
                uint16(1), HUB, head.height, uint64(1_700_000_000_000), keccak256("parent"), head.epoch,
                head.validatorsHash, head.nextValidatorsHash
            ),
            abi.encodePacked(
                keccak256("tx"), stateRoot, head.outboxRoot, historyRoot, keccak256("commit"),
                keccak256("evidence"), address(0xb01), bytes32(0)
            )
        );
    }

    function commitDigest(bytes memory header, uint64 height, uint32 round) internal pure returns (bytes32) {
        return keccak256(abi.encode(COMMIT_TAG, HUB, height, round, keccak256(header)));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, uint256(s) | (uint256(v - 27) << 255));
    }

    function bitmapOf(uint256 n, uint256 mask) internal pure returns (bytes memory bitmap) {
        bitmap = new bytes((n + 7) / 8);
        for (uint256 i = 0; i < bitmap.length; i++) {
            bitmap[i] = bytes1(uint8(mask >> (8 * i)));
        }
    }

    function certificateHead(bytes memory header, uint64 height, uint32 round, uint256 n, bytes memory bitmap)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(uint8(1), uint8(1), height, round, keccak256(header), uint16(n), bitmap);
    }

    /// @dev Signed by the validators whose bits are set in `mask`.
    function certify(bytes memory header, uint64 height, uint256[] memory validatorKeys, uint256 mask)
        internal
        pure
        returns (bytes memory certificate)
    {
        uint32 round = 3;
        uint256 n = validatorKeys.length;
        certificate = certificateHead(header, height, round, n, bitmapOf(n, mask));
        bytes32 digest = commitDigest(header, height, round);
        for (uint256 i = 0; i < n; i++) {
            if ((mask >> i) & 1 == 1) certificate = bytes.concat(certificate, sign(validatorKeys[i], digest));
        }
    }

    function oneLeaf(bytes32 leaf) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](1);
        leaves[0] = leaf;
    }

    function rootOf(bytes32[] memory leaves) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(2), uint64(leaves.length), top(leaves, 0, leaves.length)));
    }

    /// @dev By the recursive definition of RFC 9162 2.1.1, not the way the contract goes.
    function top(bytes32[] memory leaves, uint256 from, uint256 to) internal pure returns (bytes32) {
        if (to - from == 1) return keccak256(abi.encodePacked(uint8(0), leaves[from]));
        uint256 k = split(to - from);
        return keccak256(abi.encodePacked(uint8(1), top(leaves, from, from + k), top(leaves, from + k, to)));
    }

    function split(uint256 n) internal pure returns (uint256 k) {
        k = 1;
        while (k * 2 < n) {
            k *= 2;
        }
    }

    /// @dev PATH(m, D_n) of RFC 9162 2.1.3.1.
    function pathOf(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory path) {
        bytes32[] memory buffer = new bytes32[](64);
        uint256 used;
        uint256 from = 0;
        uint256 to = leaves.length;
        while (to - from > 1) {
            uint256 k = split(to - from);
            if (index < from + k) {
                buffer[used++] = top(leaves, from + k, to);
                to = from + k;
            } else {
                buffer[used++] = top(leaves, from, from + k);
                from += k;
            }
        }
        path = new bytes32[](used);
        for (uint256 i = 0; i < used; i++) {
            path[i] = buffer[used - 1 - i];
        }
    }
}
