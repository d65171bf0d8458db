//! Reduces pictures to a palette, for small files. No dithering, and frequent colours stay exact.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::screen::Shot;

/// Size of a palette.
const MOST: usize = 256;

/// Red, green and blue.
type Colour = [u8; 3];

impl Shot {
    /// Writes a PNG with a palette, small enough to be kept in the repository.
    pub fn write_small(&self, file: &Path) {
        let pixels = || self.rgb.chunks_exact(3).map(|p| [p[0], p[1], p[2]]);
        let mut counts: HashMap<Colour, u32> = HashMap::new();
        pixels().for_each(|colour| *counts.entry(colour).or_default() += 1);
        let palette = palette(&counts);
        let place: HashMap<Colour, u8> = counts.into_keys().map(|c| (c, nearest(&palette, c))).collect();
        let indices: Vec<u8> = pixels().map(|colour| place[&colour]).collect();

        let sink = std::io::BufWriter::new(fs::File::create(file).expect("a file for a picture"));
        let mut encoder = png::Encoder::new(sink, self.width, self.height);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette.concat());
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().expect("the head of a PNG");
        writer.write_image_data(&indices).expect("the pixels of a PNG");
    }
}

/// Chooses the most frequent colours whose distance exceeds a minimum; the minimum grows until they fit.
fn palette(counts: &HashMap<Colour, u32>) -> Vec<Colour> {
    let mut known: Vec<(Colour, u32)> = counts.iter().map(|(colour, count)| (*colour, *count)).collect();
    known.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    let mut apart = 0;
    loop {
        let mut chosen: Vec<Colour> = Vec::with_capacity(MOST);
        for (colour, _) in &known {
            if chosen.iter().all(|c| distance(*c, *colour) > apart) {
                chosen.push(*colour);
            }
            if chosen.len() > MOST {
                break;
            }
        }
        if chosen.len() <= MOST {
            return chosen;
        }
        apart += 4 + apart / 4;
    }
}

fn nearest(palette: &[Colour], colour: Colour) -> u8 {
    let best = (0..palette.len()).min_by_key(|at| distance(palette[*at], colour));
    best.and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
}

/// Square of the distance between two colours.
fn distance(one: Colour, other: Colour) -> u32 {
    one.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_few_colours_stays_as_it_is_and_one_of_many_comes_close() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("small.png");
        let few = Shot { width: 200, height: 1, rgb: (0..200).flat_map(|n: u8| [n, 0, 255 - n]).collect() };
        few.write_small(&file);
        assert_eq!(Shot::read(&file), few);

        let many = (0..=255).flat_map(|y: u8| (0..=255).flat_map(move |x: u8| [x, y, 128])).collect();
        let many = Shot { width: 256, height: 256, rgb: many };
        many.write_small(&file);
        let kept = Shot::read(&file);
        let off = kept.rgb.iter().zip(&many.rgb).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off.is_some_and(|off| off <= 32), "{off:?}");
        assert!(kept.colours() <= MOST);
    }
}
