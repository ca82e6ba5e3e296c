"""The palette: told apart by colour-blind readers, and text that is readable on its background."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import lrviz
from lrviz.render.colours import (
    FIRST,
    STYLES,
    LineStyle,
    channels,
    contrast,
    curve_styles,
    line_styles,
    mixed,
    on_ramp,
    readable,
    sweep_shades,
)
from lrviz.specfile.source import load_named

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array([
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
    "deutan": np.array([
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "tritan": np.array([
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
# Ottosson's OKLab
TO_CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip


def oklab(colour: str, vision: str):
    srgb = np.array(channels(colour)) / 255
    light = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISIONS[vision] @ light, 0, 1)
    return TO_LAB @ np.cbrt(TO_CONES @ seen) * 100


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("style", STYLES)
def test_colours_are_told_apart(style, vision) -> None:
    palette = STYLES[style].palette
    assert len(palette) == 12
    for first, second in combinations(range(12), 2):
        pair = palette[first], palette[second]
        distance = np.linalg.norm(oklab(pair[0], vision) - oklab(pair[1], vision))
        assert distance >= (11 if max(first, second) < FIRST else 7), (pair, distance)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("style", STYLES)
def test_a_ramp_goes_from_light_to_dark(style, vision) -> None:
    ramp = STYLES[style].ramp
    lightness = [oklab(on_ramp(ramp, shade), vision)[0] for shade in np.linspace(0, 1, 12)]
    assert (np.diff(lightness) < -1).all()
    steps = [oklab(on_ramp(ramp, shade), vision) for shade in np.linspace(0, 1, 5)]
    assert min(np.linalg.norm(a - b) for a, b in combinations(steps, 2)) >= 8


@pytest.mark.parametrize("style", STYLES)
def test_text_has_contrast(style) -> None:
    looks = STYLES[style]
    for index in range(12):
        assert contrast(LineStyle(index).text_colour(looks), looks.background) >= 4.5
        assert contrast(LineStyle(index).colour(looks), looks.background) >= 3
    for shade in np.linspace(0, 1, 41):
        assert contrast(LineStyle(0, shade).text_colour(looks), looks.background) >= 4.5
        assert contrast(LineStyle(0, shade).colour(looks), looks.background) >= 3
    assert contrast(looks.ink, looks.background) >= 7
    assert contrast(looks.faint, looks.background) >= 4.5


def test_contrast_and_mixing() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"
    assert mixed("#102030", "#ffffff", 0.0) == "#102030"
    assert on_ramp(("#000000", "#ffffff", "#ff0000"), 0.25) == "#808080"
    assert on_ramp(("#000000", "#ffffff", "#ff0000"), 1.0) == "#ff0000"
    assert readable("#000000", "#ffffff") == "#000000"
    assert readable("#ffffff", "#000000") == "#ffffff"
    assert 4.5 <= contrast(readable("#ffff00", "#ffffff"), "#ffffff") < 5.5


def test_no_two_curves_share_a_colour() -> None:
    styles = line_styles([f"curve {index}" for index in range(12)])
    assert {style.palette for style in styles[:8]} == set(range(8))
    assert [style.palette for style in styles[8:]] == [8, 9, 10, 11]
    assert all(style.shade is None for style in styles)


def test_more_curves_than_colours_have_shades_in_their_order() -> None:
    labels = [f"curve {index}" for index in range(13)]
    shades = [style.shade for style in line_styles(labels, {"curve 3": 3})]
    assert shades == pytest.approx(np.linspace(0, 1, 13))


def test_a_label_prefers_the_same_colour() -> None:
    assert line_styles(["cosine"]) == [line_styles(["cosine", "step"])[0]]
    assert line_styles(["a", "b"], {"a": 3, "b": 3}) == [LineStyle(3), LineStyle(4)]
    assert line_styles(["a", "b"], {"a": 7, "b": 7}) == [LineStyle(7), LineStyle(0)]
    assert all(line_styles([f"curve {i}"])[0].palette < 5 for i in range(50))


def test_shades_follow_the_value_that_is_swept() -> None:
    sweep = lrviz.load("polynomial:total_iters=100,power=[3,0.5,1]")
    assert sweep_shades(sweep) == [1.0, 0.0, 0.5]
    assert [style.shade for style in curve_styles(sweep)] == [1.0, 0.0, 0.5]
    assert sweep_shades(lrviz.load("cosine:lr=[0.1,0.2,0.3]")) == [0.0, 0.5, 1.0]
    assert sweep_shades(lrviz.load("cosine:lr=[0.1,0.2]")) is None
    assert sweep_shades(lrviz.load("cosine", "step", "linear")) is None
    grid = lrviz.load("cosine:T_max=[10,20],eta_min=[0,1e-3]")
    assert sweep_shades(grid) is None
    warmups = load_named("cosine", {}, {"steps": 90, "warmup": [9, 0, 30]}).curves
    assert sweep_shades(warmups) == [0.5, 0.0, 1.0]
    both = load_named("cosine", {}, {"steps": 90, "warmup": [9, 0], "lr": [0.1, 0.2]}).curves
    assert sweep_shades(both) is None
    styles = curve_styles(sweep, {sweep[0].label: 2})
    assert styles[0] == LineStyle(2)


def test_gaps_are_for_lines_of_the_palette() -> None:
    assert LineStyle(0).may_have_gaps
    assert not LineStyle(0, 0.5).may_have_gaps
    assert LineStyle(0).terminal == "color(33)"
    assert LineStyle(0, 1.0).terminal == "color(33)"
    assert LineStyle(0, 0.0).terminal == "color(172)"


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("style", STYLES)
def test_a_curve_is_told_apart_from_the_others_behind_it(style, vision) -> None:
    looks = STYLES[style]
    muted = oklab(looks.muted, vision)
    assert min(np.linalg.norm(oklab(colour, vision) - muted) for colour in looks.palette) >= 15
